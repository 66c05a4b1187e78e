package inspect

import (
	"slices"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
)

// Where a header names the columns, so does the class that is offered: its records
// are lines, and the header is another record. Columns that change have no names.
func TestClassNamesColumns(t *testing.T) {
	t.Parallel()
	const fields = "#Fields: date time c-ip sc-status\n"
	const row = "2026-01-02 03:04:05 192.0.2.1 200\n"
	for _, c := range []struct {
		text string
		want []string
	}{
		{fields + row + row, []string{"date", "time", "c-ip", "sc-status"}},
		{fields + row + "#Version: 1.0\n" + fields + row, []string{"date", "time", "c-ip", "sc-status"}},
		{fields + row + "#Fields: date time c-ip cs-method\n2026-01-02 03:04:05 192.0.2.1 GET\n", nil},
		{fields, nil},
	} {
		in, err := File("-", strings.NewReader(c.text), 100)
		if err != nil {
			t.Fatal(err)
		}
		r := Look(in, format.All())
		if r.Guess.Format != "w3c_iis" || valid(r) != nil {
			t.Fatalf("%q: guess %+v, %v", c.text, r.Guess, valid(r))
		}
		l := lookAt(in, format.All())
		table := newTable(in, l.best)
		got := table.columns(r)
		if !slices.Equal(got, c.want) || strings.Contains(r.ClassHCL, "fields ") != (c.want != nil) {
			t.Errorf("%q: columns %q, want %q, in\n%s", c.text, got, c.want, r.ClassHCL)
		}
		if c.want == nil {
			continue
		}
		config := format.All()["w3c_iis"]().(interface {
			feedgauge.FormatConfig
			Common() *format.Options
		})
		config.Common().Fields, config.Common().Require = got, required(r, table)
		k, err := config.Build(feedgauge.Env{})
		if err != nil {
			t.Fatal(err)
		}
		if v := k.Check(&feedgauge.Record{Value: []byte(row)}); v.Reason != "" || v.Events != 1 {
			t.Errorf("%q: a line alone: %+v", c.text, v)
		}
	}
}
