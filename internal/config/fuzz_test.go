package config

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
)

// FuzzParse holds that no input panics or hangs, that there is a pipeline or an
// error, and that every diagnostic lies within the source, in order, and can be
// shown; and that a normal form is its own.
func FuzzParse(f *testing.F) {
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
	f.Add([]byte(manyMistakes))
	f.Add([]byte("a = \"${\"${<<E\n%{ if"))
	f.Add([]byte("\ufeff\x00\xff = '“'\r\r\n{"))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, ds := Parse("fuzz.hcl", src, builtin())
		if (p == nil) != ds.HasErrors() {
			t.Fatalf("pipeline %v with %v", p, ds.Err())
		}
		if p != nil && len(p.Text) < maxText && utf8.ValidString(p.Text) {
			if again, ds := Parse("fuzz.hcl", []byte(p.Text), builtin()); again == nil || again.Text != p.Text {
				t.Fatalf("%v for the normal form:\n%s", ds.Err(), p.Text)
			}
		}
		last := 0
		for _, d := range ds {
			if d.Range.Filename != "fuzz.hcl" || d.Summary == "Too many mistakes" {
				continue // in an inventory, or about all
			}
			r := d.Range
			if r.Start.Byte < last || r.End.Byte < r.Start.Byte || r.End.Byte > len(src) || r.Start.Line < 1 || r.Start.Column < 1 {
				t.Fatalf("range %+v behind %d in %d bytes: %s", r, last, len(src), d.Summary)
			}
			if want := bytes.Count(src[:r.Start.Byte], []byte("\n")) + 1; r.Start.Line != want {
				t.Fatalf("line %d, want %d", r.Start.Line, want)
			}
			last = r.Start.Byte
			if s := d.Snippet; s != nil && (s.HighlightStart > s.HighlightEnd || s.HighlightEnd > len(s.Code)) {
				t.Fatalf("snippet %+v", *s)
			}
			if d.Detail == "" {
				t.Fatalf("%q says nothing", d.Summary)
			}
		}
		var out bytes.Buffer
		if err := ds.WriteJSON(&out); err != nil || !json.Valid(out.Bytes()) {
			t.Fatalf("report: %v", err)
		}
		if err := ds.WriteText(io.Discard); err != nil {
			t.Fatal(err)
		}
	})
}
