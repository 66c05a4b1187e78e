package kafka

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestEmbeddedKeepsDataOverARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	k := pipeline.Kafka{Prefix: "fg", Partitions: 2, Replication: 1}
	life(t, dir, func(e *Embedded) {
		cl := dial(t, e.Brokers(), kgo.TransactionalID("one"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
		if err := EnsureTopics(t.Context(), kadm.NewClient(cl), k); err != nil {
			t.Fatal(err)
		}
		if err := cl.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		r := &kgo.Record{Topic: k.Topic(State), Partition: 1, Key: []byte("key"), Value: []byte("kept")}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := cl.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
			t.Fatal(err)
		}
		offsets := kadm.Offsets{}
		offsets.AddOffset(k.Topic(Journal), 0, 7, -1)
		if err := kadm.NewClient(cl).CommitAllOffsets(t.Context(), "group", offsets); err != nil {
			t.Fatal(err)
		}
		cl.Close()
	})
	life(t, dir, func(e *Embedded) {
		adm := kadm.NewClient(dial(t, e.Brokers()))
		if err := EnsureTopics(t.Context(), adm, k); err != nil {
			t.Errorf("topics do not fit after the restart: %v", err)
		}
		var got []string
		err := ReadPartition(t.Context(), e.Brokers(), Span{k.Topic(State), 1, 0, 2}, func(r *kgo.Record) error {
			got = append(got, string(r.Key)+"="+string(r.Value))
			return nil
		})
		if err != nil || strings.Join(got, " ") != "key=kept" {
			t.Errorf("read %q (%v), want the record of the life before", got, err)
		}
		offsets, err := adm.FetchOffsets(t.Context(), "group")
		if o, ok := offsets.Lookup(k.Topic(Journal), 0); err != nil || !ok || o.At != 7 {
			t.Errorf("committed offset %v (%v), want 7", o.At, err)
		}
	})
}

// life runs a broker on dir for as long as f lasts.
func life(t *testing.T, dir string, f func(*Embedded)) {
	t.Helper()
	e, err := StartEmbedded(dir)
	if err != nil {
		t.Fatal(err)
	}
	f(e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func TestEmbeddedSharesNoFolder(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("folders are not locked on " + runtime.GOOS)
	}
	dir := t.TempDir()
	life(t, dir, func(*Embedded) {
		if _, err := StartEmbedded(dir); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("error %v, want the folder to be in use", err)
		}
	})
	life(t, dir, func(*Embedded) {})
}

func TestEmbeddedRefusesABadFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := StartEmbedded(file); err == nil {
		t.Error("a file was taken for a folder")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "meta.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the claim is given up again
		if _, err := StartEmbedded(dir); err == nil || strings.Contains(err.Error(), "in use") {
			t.Errorf("error %v, want the broken file", err)
		}
	}
}
