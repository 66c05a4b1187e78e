package check

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
)

func options(t *testing.T, name string) Options {
	t.Helper()
	c, err := format.All()[name]().Build(feedgauge.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return Options{Format: name, Checker: c, MaxRatio: 50, Patience: 64 << 10}
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompressedFiles(t *testing.T) {
	t.Parallel()
	good := packed(t, "{}\n{\n")
	for name, c := range map[string]struct {
		content []byte
		records int64
		err     string
	}{
		"good.gz":    {good, 2, ""},
		"noname":     {good, 2, ""},
		"two.gz":     {append(bytes.Clone(good), good...), 4, ""},
		"cut.gz":     {good[:len(good)-4], 2, "unpacking: the file is cut short"},
		"head.gz":    {good[:5], 0, "unpacking: the file is cut short"},
		"text.gz":    {[]byte("{}\n"), 0, "not a gzip file"},
		"empty.gz":   {nil, 0, ""},
		"damaged.gz": {append(bytes.Clone(good[:10]), 0xff, 0xff), 0, "unpacking: flate: corrupt input before offset 1"},
		"bomb.gz":    {packed(t, strings.Repeat("{}\n", 1<<20)), -1, "it unpacks to more than 50 times its size, and to more than 65536 bytes"},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := Run(t.Context(), options(t, "json"), nil, []string{path})
		if report == nil {
			t.Fatal(err)
		}
		f := report.Files[0]
		if f.Error != c.err || (err != nil) != (c.err != "") || c.records >= 0 && f.Records != c.records || f.Records > 1<<19 {
			t.Errorf("%s: %d records, error %q, want %d, %q", name, f.Records, f.Error, c.records, c.err)
		}
	}
}

func TestTails(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"{}\n{": true, "{}\n{\n": true, "{}": false, "{\n{}\n": false, "{}\nx": true, "{}\nx\n": false, "": false, "\n": false,
	} {
		report, err := Run(t.Context(), options(t, "json"), strings.NewReader(in), []string{"-"})
		if err != nil || report.Files[0].TruncatedTail != want {
			t.Errorf("%q: %v, %v", in, report.Files[0].TruncatedTail, err)
		}
	}
}

// Samples are of every fault, but few.
func TestSamplesAreBounded(t *testing.T) {
	t.Parallel()
	in := strings.Repeat("x\n", 100) + "{\n" + strings.Repeat("x\n", 100) + `{"a":1,"a":2}` + "\n" + strings.Repeat("y", 1000)
	report, err := Run(t.Context(), options(t, "json"), strings.NewReader(in), []string{"-"})
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[feedgauge.Reason]int{}
	for _, s := range report.Files[0].Samples {
		reasons[s.Reason]++
		if len(s.Text) > sampleWidth+len("…") {
			t.Errorf("a sample of %d bytes", len(s.Text))
		}
	}
	if reasons[feedgauge.Syntax] != perFault || reasons[feedgauge.Truncated] != 1 || reasons[feedgauge.DuplicateKey] != 1 {
		t.Errorf("got %v", reasons)
	}
}

// Observe sees all events of all files in order.
func TestObserve(t *testing.T) {
	t.Parallel()
	o, seen := options(t, "json"), 0
	o.Observe = func(*feedgauge.Event) { seen++ }
	if _, err := Run(t.Context(), o, strings.NewReader("{}\n{\n{}"), []string{"-"}); err != nil || seen != 3 {
		t.Errorf("%d events, %v", seen, err)
	}
}
