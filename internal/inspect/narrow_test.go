package inspect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
)

// Tables of few columns are known by all their lines, and sentences are none.
func TestNarrowTables(t *testing.T) {
	table := func(sep string) string {
		text := "time,host,status\n"
		for i := range 20 {
			text += fmt.Sprintf("2026-01-02T03:04:%02dZ,h%d,20%d\n", i, i%3, i%4)
		}
		return strings.ReplaceAll(text, ",", sep)
	}
	prose := ""
	for i := range 20 {
		prose += fmt.Sprintf("the %d. disk is full, please look at it\n", i)
	}
	for _, tt := range []struct{ name, text, format, delimiter string }{
		{"commas", table(","), "csv", ","},
		{"semicolons", table(";"), "csv", ";"},
		{"bars", table("|"), "csv", "|"},
		{"tabs", table("\t"), "tsv", "\t"},
		{"sentences", prose, Unknown, ""},
		{"few lines", "a,b\nc,d\n", Unknown, ""},
		{"one line is otherwise", table(",") + "1,2\n", Unknown, ""},
	} {
		in := &Input{Source: "table.csv", Text: []byte(tt.text), Lines: strings.Count(tt.text, "\n")}
		for line := range strings.Lines(tt.text) {
			in.Records = append(in.Records, feedgauge.Record{Value: []byte(strings.TrimSuffix(line, "\n"))})
		}
		r := Look(in, format.All())
		if err := valid(r); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if r.Guess.Format != tt.format || r.Delimiter != tt.delimiter {
			t.Errorf("%s: format %q, delimiter %q, want %q, %q", tt.name, r.Guess.Format, r.Delimiter, tt.format, tt.delimiter)
		}
		if tt.format == "csv" && (len(r.Fields) != 3 || r.Fields[2].Name != "status" || tt.delimiter != "," && !strings.Contains(r.ClassHCL, fmt.Sprintf("delimiter = %q", tt.delimiter))) {
			t.Errorf("%s: fields %+v, class %s", tt.name, r.Fields, r.ClassHCL)
		}
	}
}
