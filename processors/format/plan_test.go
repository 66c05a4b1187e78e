package format

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// forgetful returns c without what it remembers of the forms of events, and without
// short cuts.
func forgetful(c feedgauge.Checker) feedgauge.Checker {
	k, ok := c.(*checker)
	if !ok {
		return c
	}
	k.swift, k.formed = nil, nil
	return thorough{k}
}

// thorough is a checker that takes no record for one event before it has looked.
type thorough struct{ *checker }

func (c thorough) Check(r *feedgauge.Record) feedgauge.Verdict { return c.any(r, nil) }

func (c thorough) Read(r *feedgauge.Record, visit func(*feedgauge.Event)) feedgauge.Verdict {
	return c.any(r, visit)
}

// shownOf returns all that is shown of a record, and the verdict.
func shownOf(c feedgauge.Checker, value []byte) string {
	reader, ok := c.(feedgauge.EventReader)
	if !ok {
		return fmt.Sprint(c.Check(&feedgauge.Record{Value: value}))
	}
	var out strings.Builder
	v := reader.Read(&feedgauge.Record{Value: value}, func(e *feedgauge.Event) {
		fmt.Fprintf(&out, "%d %s %s %q", e.Line, e.Reason, e.Fault, e.Text)
		if e.Reason == "" {
			fmt.Fprintf(&out, " %q %d %d", e.Kind, e.Time*feedgauge.Instant(min(e.Clock, 1)), e.Clock)
		}
		for i := range e.Fields {
			f := &e.Fields[i]
			fmt.Fprintf(&out, " %q:%d:%d:%q", f.Name, f.Kind, f.Escape, f.Value)
		}
		out.WriteByte('\n')
	})
	fmt.Fprintf(&out, "%+v", v)
	return out.String()
}

// What a checker remembers of events before changes nothing in what it tells of real
// lines, whole or damaged.
func TestMemoryChangesNothingInRealLines(t *testing.T) {
	for _, e := range expectations(t) {
		worn, other := newChecker(t, e.format, e.require...), forgetful(newChecker(t, e.format, e.require...))
		for range 2 {
			for i, line := range readLines(t, e.path) {
				if got, want := shownOf(worn, line), shownOf(other, line); got != want {
					t.Fatalf("%s, line %d:\ngot  %s\nwant %s", e.path, i+1, got, want)
				}
			}
		}
	}
}

// The same of lines with any damage, for each format.
func TestMemoryChangesNothing(t *testing.T) {
	t.Parallel()
	for name := range All() {
		if name == "any" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			worn, other := newChecker(t, name), forgetful(newChecker(t, name))
			rapid.Check(t, func(t *rapid.T) {
				lines := []string{good[name], good[name]}
				for range rapid.IntRange(1, 4).Draw(t, "lines") {
					lines = append(lines, damaged(t, rapid.SampledFrom(lines).Draw(t, "line")))
				}
				for range 6 {
					line := []byte(rapid.SampledFrom(lines).Draw(t, "line"))
					if got, want := shownOf(worn, line), shownOf(other, line); got != want {
						t.Fatalf("%q:\ngot  %s\nwant %s", line, got, want)
					}
				}
				line := []byte(lines[len(lines)-1])
				if got, want := shownOf(worn, line), shownOf(newChecker(t, name), line); got != want {
					t.Fatalf("%q:\ngot  %s\nwant %s", line, got, want)
				}
			})
		})
	}
}

// damaged puts something in place of a part of a line.
func damaged(t *rapid.T, line string) string {
	from := rapid.IntRange(0, len(line)).Draw(t, "from")
	to := min(len(line), from+rapid.IntRange(0, 12).Draw(t, "length"))
	return line[:from] + rapid.SampledFrom([]string{"", "-", "0.0.0.0", "1", "x", `"`, " ", ",", "é", "\xff", "\n", "=", "null", "[1]", `{"a":1}`, `"a":1,`}).Draw(t, "damage") + line[to:]
}

// Plans look at the same as what they stand for: what is required, typed, in a range,
// the time, the kind.
func TestPlans(t *testing.T) {
	config := NewJSON().(*JSON)
	config.Require = []string{"a:ip", "b"}
	config.Types = map[string]string{"c": "int", "d": "float", "e": "array", "f": "bool", "g": "enum(x|y)"}
	config.Ranges = map[string]string{"c": "1..5"}
	config.Time = "t"
	c := built(t, config)
	form := `{"a":%s,"b":%s,"c":%s,"d":%s,"e":%s,"f":%s,"g":%s,"t":%s}`
	sound := []any{`"192.0.2.1"`, `"x"`, `1`, `1.5`, `[]`, `true`, `"x"`, `"2026-01-01T00:00:00Z"`}
	for range 2 {
		if v := verdict(c, fmt.Sprintf(form, sound...)); v.Reason != "" {
			t.Fatal(v)
		}
	}
	for _, x := range []struct {
		field int
		value string
		want  feedgauge.Reason
		fault string
	}{
		{0, `"192.0.2"`, feedgauge.BadType, "a"},
		{0, `"0.0.0.0"`, feedgauge.MissingField, "a"},
		{0, `null`, feedgauge.MissingField, "a"},
		{1, `""`, feedgauge.MissingField, "b"},
		{1, `"-"`, feedgauge.MissingField, "b"},
		{1, `0`, "", ""},
		{2, `"1"`, feedgauge.BadType, "c"},
		{2, `6`, feedgauge.OutOfRange, "c"},
		{2, `null`, "", ""},
		{3, `1`, "", ""},
		{3, `"1"`, feedgauge.BadType, "d"},
		{4, `1`, feedgauge.BadType, "e"},
		{5, `1`, feedgauge.BadType, "f"},
		{6, `"z"`, feedgauge.BadType, "g"},
		{7, `"yesterday"`, feedgauge.BadTimestamp, "t"},
		{7, `true`, feedgauge.BadType, "t"},
	} {
		values := append([]any(nil), sound...)
		values[x.field] = x.value
		if v := verdict(c, fmt.Sprintf(form, values...)); v.Reason != x.want || v.Fault != x.fault {
			t.Errorf("%s: %q of %q, want %q of %q", x.value, v.Reason, v.Fault, x.want, x.fault)
		}
	}
	if p := &c.(*checker).plans[1]; p.form != 1 || p.vain || len(p.tasks) != 8 {
		t.Errorf("no plan was made: %+v", p)
	}
}
