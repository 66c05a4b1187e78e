package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

func TestProduce(t *testing.T) {
	t.Parallel()
	e := testBroker(t)
	brokers := "--brokers=" + e.Brokers()[0]
	file := filepath.Join(t.TempDir(), "app.log")
	if err := os.WriteFile(file, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := execute(t, produceCommand, "three\n", "--topic=raw", "--feed=web-01", "--tenant=acme", "--rate=100000/s", "--timestamp=line", brokers, file, "-")
	if o.err != nil || o.stdout != "" {
		t.Fatalf("%v, printed %q", o.err, o.stdout)
	}
	if !strings.HasPrefix(o.stderr, "produced 3 records, 11 bytes in ") || !strings.Contains(o.stderr, " to raw\n3 of the lines have no time") {
		t.Errorf("said %q", o.stderr)
	}
	var got []string
	err := kafka.ReadPartition(t.Context(), e.Brokers(), kafka.Span{Topic: "raw", To: 3}, func(r *kgo.Record) error {
		got = append(got, string(r.Key)+"="+string(r.Value))
		return nil
	})
	if want := "web-01=one web-01=two web-01=three"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("records %q (%v), want %q", got, err, want)
	}

	o = execute(t, produceCommand, "a\n", "--topic=new", brokers, "-")
	o.fails(t, "no topic", "--create-partitions")
	if strings.Contains(o.stderr, "produced") {
		t.Errorf("said %q", o.stderr)
	}
	if o = execute(t, produceCommand, "a\n", "--topic=new", "--create-partitions=2", brokers, "-"); o.err != nil {
		t.Error(o.err)
	}
	o = execute(t, produceCommand, strings.Repeat("x", 33<<20)+"\nshort\n", "--topic=raw", brokers, "-")
	o.fails(t, "long line", "1 of 2 records failed: 1 too large for the topic")
	if !strings.HasPrefix(o.stderr, "produced 1 records, 5 bytes in ") {
		t.Errorf("said %q", o.stderr)
	}
}

func TestProduceRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for args, want := range map[string]string{
		"--topic t":                                      "name the files to send",
		"-":                                              "--topic: which topic",
		"--topic t --feed a --key-from json:a -":         "[feed key-from]",
		"--topic t --rate fast -":                        `--rate: "fast" is no rate`,
		"--topic t --timestamp then -":                   `--timestamp: "then"`,
		"--topic t --tenant a\x01 -":                     `--tenant: "a\x01"`,
		"--topic t --feed a\x01 -":                       `--feed: "a\x01"`,
		"--topic t --key-from header:x -":                `--key-from: "header:x"`,
		"--topic t --create-partitions=-1 -":             "--create-partitions: -1",
		"--topic t --rate 0/s --timestamp x -":           `--timestamp: "x" is neither now nor line`,
		"--topic t --brokers b:1 " + dir + "/absent.log": "absent.log",
		"--topic t --brokers b:1 " + dir:                 "is a folder",
		"--topic t -":                                    "no configuration",
	} {
		execute(t, produceCommand, "", strings.Fields(args)...).fails(t, args, want)
	}
}
