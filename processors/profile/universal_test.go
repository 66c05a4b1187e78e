package profile

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// call is an event of one of many kinds, each of which comes seldom.
func call(i int) string {
	return fmt.Sprintf(`{"eventName":"Call%d","agent":"cli/%d","source":"10.0.0.%d","id":"r%d"}`, i*7%31, i%5, i%250, i)
}

// A field that events of all kinds had is missed, though no kind has been seen often
// enough to say so of it.
func TestMissedByAllKinds(t *testing.T) {
	t.Parallel()
	rename := func(old, new string) func(int) string {
		return func(i int) string { return strings.Replace(call(i), old, new, 1) }
	}
	for _, tt := range []struct {
		name string
		bad  func(int) string
		want string
	}{
		{"sound", call, ""},
		{"lost", rename(`"agent"`, `"client"`), "field_missing agent"},
		{"empty", func(i int) string {
			return strings.Replace(call(i), fmt.Sprintf(`"cli/%d"`, i%5), `""`, 1)
		}, "field_empty agent"},
		{"the kind itself", rename(`"eventName"`, `"name"`), "field_missing eventName"},
		{"the kind is null", func(i int) string {
			return strings.Replace(call(i), fmt.Sprintf(`"Call%d"`, i*7%31), "null", 1)
		}, "field_empty eventName"},
		// Two kinds that never knew of the field may be a job of the night.
		{"two new kinds", func(i int) string {
			return fmt.Sprintf(`{"eventName":"Backup%d","source":"10.0.0.%d","id":"r%d"}`, i%2, i%250, i)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, f := NewLearner(0), &feed{}
			var told []string
			see := func(w int, line func(int) string) {
				for _, d := range l.Observe(f.window(20, func(i int) string { return line(20*w + i) }), int64(w)) {
					if !d.Info() && d.Kind != Mix {
						told = append(told, fmt.Sprint(d.Kind, " ", d.Field))
					}
				}
			}
			for w := range 25 { // no kind is known well by then
				see(w, call)
			}
			for w := range 8 {
				see(25+w, tt.bad)
			}
			if got := strings.Join(told, ", "); got != tt.want {
				t.Errorf("told: %q, want %q", got, tt.want)
			}
			if !bytes.Equal(l.Append(nil), reloaded(t, l).Append(nil)) {
				t.Error("saved, loaded and saved it is another")
			}
		})
	}
}

func reloaded(t *testing.T, l *Learner) *Learner {
	t.Helper()
	out, err := LoadLearner(l.Append(nil), 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Lines of which a few were always broken are told of when all are.
func TestAllBroken(t *testing.T) {
	t.Parallel()
	some := func(i int) string {
		if i%50 == 7 {
			return "a stack trace without any order"
		}
		return logon(i)
	}
	for name, tt := range map[string]struct {
		bad  func(int) string
		want string
	}{
		"more of them": {func(i int) string {
			if i%3 == 0 {
				return "a stack trace without any order"
			}
			return logon(i)
		}, ""},
		"all": {func(int) string { return "a stack trace without any order" }, "layout"},
	} {
		var told []string
		for _, d := range play(t, some, tt.bad, 4) {
			if d.Kind == Layout {
				told = append(told, string(d.Kind))
			}
		}
		if got := strings.Join(told, ", "); got != tt.want {
			t.Errorf("%s: told %q, want %q", name, got, tt.want)
		}
	}
}

// The line that is told is none that lacks the field by chance, nor since its kind never
// has it.
func TestNoLineBeforeTheBreak(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from int // in the middle of a block, with lines in front that are without the field
		line func(i int, whole bool) string
	}{
		"by chance": {607, func(i int, whole bool) string {
			if !whole || i%6 == 0 {
				return fmt.Sprintf(`{"id":%d,"ip":"10.0.0.%d"}`, i, i%250)
			}
			return fmt.Sprintf(`{"id":%d,"ip":"10.0.0.%d","user":"u%d"}`, i, i%250, i%17)
		}},
		"by kind": {631, func(i int, whole bool) string {
			kind := 4624 + 10*(i%2)
			if i%40 > 20 && i%40 < 32 { // 621 to 631
				kind = 4625
			}
			if !whole || kind == 4625 {
				return fmt.Sprintf(`{"EventID":%d,"id":%d,"ip":"10.0.0.%d"}`, kind, i, i%250)
			}
			return fmt.Sprintf(`{"EventID":%d,"id":%d,"ip":"10.0.0.%d","user":"u%d"}`, kind, i, i%250, i%17)
		}},
	} {
		st, g := NewStream(), NewGuesser()
		told := 0
		for i := 1; i <= 1000; i++ {
			ev, structure := g.Read([]byte(tt.line(i, i < tt.from)))
			for _, d := range st.Add(ev, structure, i) {
				if told++; d.Field != "user" || d.Line < tt.from || d.Line > tt.from+60 {
					t.Errorf("%s: line %d: %s", name, d.Line, d.String())
				}
			}
		}
		if told == 0 {
			t.Errorf("%s: not told", name)
		}
	}
}
