package format

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"pgregory.net/rapid"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	config := func(o func(*CSV)) feedgauge.Checker {
		c := NewCSV().(*CSV)
		if o != nil {
			o(c)
		}
		return built(t, c)
	}
	checkLines(t, config(nil), map[string]string{
		"a,b\n1,2\n\"x,\n\"\"y\",\"\"\n": "", "a,b": "", "a,b\n1": "columns", "a,b\n1,2,3": "columns", "a,b\n1;2": "columns",
		"a,b\n\"1,2": "truncated", "a,b\n\"1\"x,2": "syntax", "a,b\n1\",2": "syntax", "a,b\n\"1\n2": "truncated", "\"a\",\"b\"\n1,2": "",
	})
	checkLines(t, config(func(c *CSV) {
		c.Fields, c.Require, c.Delimiter = []string{"src", "n"}, []string{"src:ip"}, ";"
		c.Types, c.Ranges = map[string]string{"n": "int"}, map[string]string{"n": "1..5"}
	}), map[string]string{
		"src;n\n192.0.2.1;5": "", "192.0.2.1;5": "", "src;n": "", "n;src": "type src", "0.0.0.0;5": "missing_field src", ";5": "missing_field src",
		"192.0.2.1;x": "type n", "192.0.2.1;6": "range n", "192.0.2.1;": "",
	})
	if got, want := parts(t, config(nil), "a,\" b\"\n\"x\"\"y\",2"), `a=x"y|b=2`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []string{"", "ab", "\"", "é"} {
		if _, err := (&CSV{Delimiter: bad}).Build(feedgauge.Env{}); err == nil {
			t.Errorf("delimiter %q is taken", bad)
		}
	}
	checkLines(t, newChecker(t, "tsv"), map[string]string{"1\t2": "", "a\tb\n\"\tx": "", "1 2": "columns", "1\t2\t3": "columns"})
}

// What encoding/csv takes, as one event, is taken here.
func TestCSVAsTheLibrary(t *testing.T) {
	t.Parallel()
	c := newChecker(t, "csv").(feedgauge.EventReader)
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{`"`, `""`, ",", "a", " ", "\n", "\t"}), 1, 12).Draw(t, "line"), "")
		r := csv.NewReader(strings.NewReader(line))
		r.FieldsPerRecord = 2
		want, err := r.Read()
		if _, end := r.Read(); !errors.Is(end, io.EOF) || blank([]byte(line)) || strings.Contains(line, "\n") && !strings.Contains(line, `"`) || line[0] == '\n' {
			return // more than one line, or none
		}
		var got []string
		v := c.Read(&feedgauge.Record{Value: []byte(line)}, func(e *feedgauge.Event) {
			for _, f := range e.Fields {
				got = append(got, string(Unescape(nil, &f)))
			}
		})
		var parse *csv.ParseError
		switch {
		case err == nil && (v.Reason != "" || !slices.Equal(got, want)):
			t.Fatalf("%q: %q %q, the library says %q", line, v.Reason, got, want)
		case errors.As(err, &parse) && v.Reason == "":
			t.Fatalf("%q: the library says %v", line, err)
		}
	})
}
