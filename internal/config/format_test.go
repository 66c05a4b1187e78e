package config

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// allFiles returns all configurations of the repository that are well formed,
// good ones and bad ones, by name.
func allFiles(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".hcl" {
			return err
		}
		src, err := os.ReadFile(name)
		out[name] = src
		return err
	})
	if err != nil || len(out) < 100 {
		t.Fatalf("%d files, %v", len(out), err)
	}
	return out
}

// A layout is its own, and means what the file meant.
func TestFormatIsIdempotent(t *testing.T) {
	atRoot(t)
	formed := 0
	for name, src := range allFiles(t) {
		once, ds := Format(name, src)
		if ds.HasErrors() {
			continue
		}
		formed++
		twice, ds := Format(name, once)
		if ds.HasErrors() || !bytes.Equal(once, twice) {
			t.Errorf("%s: once\n%s\ntwice\n%s", name, once, twice)
		}
		p, ds := Parse(name, src, builtin())
		q, again := Parse(name, once, builtin())
		if (p == nil) != (q == nil) || len(ds) != len(again) || p != nil && p.Fingerprint != q.Fingerprint {
			t.Errorf("%s means something else in its layout: %v, then %v", name, briefly(ds), briefly(again))
		}
	}
	if formed < 100 {
		t.Errorf("only %d files are well formed", formed)
	}
}

// What is shipped has the layout already.
func TestShippedIsFormatted(t *testing.T) {
	atRoot(t)
	for name, src := range allFiles(t) {
		if strings.HasPrefix(filepath.ToSlash(name), "testdata/bad/") {
			continue
		}
		if out, ds := Format(name, src); ds.HasErrors() || !bytes.Equal(out, src) {
			t.Errorf("%s should be\n%s", name, out)
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"\n\n\n", ""},
		{"a{\n}", "a {\n}\n"},
		{"a {\nb=1 # one\nlonger   =    [1,2]\n\n\n}\n\n\n", "a {\n  b      = 1 # one\n  longer = [1, 2]\n\n\n}\n"},
		{"a {\r\nb=1\r\n}\r\n", "a {\r\n  b = 1\r\n}\n"},
		{"a {\n  b = <<E\n  text  \nE\n}", "a {\n  b = <<E\n  text  \nE\n}\n"},
		{"# only a comment", "# only a comment\n"},
	} {
		if got, ds := Format("f.hcl", []byte(tt.in)); string(got) != tt.want || len(ds) > 0 {
			t.Errorf("%q becomes %q, want %q (%v)", tt.in, got, tt.want, ds.Err())
		}
	}
	out, ds := Format("f.hcl", []byte("a {\n  b = \n}\n"))
	if expect(t, ds, "2:7 Invalid expression"); out != nil {
		t.Errorf("a layout of what is not well formed: %q", out)
	}
}

// FuzzFormat holds that a layout is its own and that nothing but white space is
// changed.
func FuzzFormat(f *testing.F) {
	for _, glob := range []string{"bad", "good"} {
		files, _ := filepath.Glob(filepath.Join("..", "..", "testdata", glob, "*.hcl"))
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	squeeze := func(b []byte) string { return strings.Join(strings.Fields(string(b)), "") }
	f.Fuzz(func(t *testing.T, src []byte) {
		once, ds := Format("f.hcl", src)
		if ds.HasErrors() {
			return
		}
		twice, ds := Format("f.hcl", once)
		if ds.HasErrors() || !bytes.Equal(once, twice) {
			t.Fatalf("%v: once %q, twice %q", ds.Err(), once, twice)
		}
		if squeeze(once) != squeeze(src) {
			t.Fatalf("%q becomes %q", src, once)
		}
	})
}
