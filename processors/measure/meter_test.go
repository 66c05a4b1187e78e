package measure

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func event(pairs ...string) *feedgauge.Event {
	e := &feedgauge.Event{}
	for i := 0; i < len(pairs); i += 2 {
		e.Fields = append(e.Fields, feedgauge.Field{Name: []byte(pairs[i]), Value: []byte(pairs[i+1])})
	}
	return e
}

// What a meter has looked at goes into any sketch it is put into, and is forgotten
// by a reset; what it cannot make out is counted apart.
func TestMeter(t *testing.T) {
	t.Parallel()
	events := []*feedgauge.Event{
		event("status", "200", "bytes", "10", "host", "a"), event("status", "503", "bytes", "2.5", "host", "b"),
		event("status", "500", "bytes", "-", "host", "a"), event("status", "", "bytes", "-3", "host", "-"), event("status", "x"),
	}
	for _, tt := range []struct {
		c      Config
		value  float64
		missed int64
	}{
		{Config{Name: "m", When: "event.status >= 500"}, 2, 2},
		{Config{Name: "m", Sum: "event.bytes"}, 12.5, 3},
		{Config{Name: "m", Distinct: "event.host"}, 2, 2},
		{Config{Name: "m", When: "event.status >= 500", Sum: "event.bytes"}, 2.5, 3},
		{Config{Name: "m", When: "has(event.bytes)", Distinct: `event.host + "/x"`}, 2, 1},
	} {
		m, err := tt.c.Build()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			m.Reset()
			if m.Any() || m.Missed() != 0 {
				t.Errorf("%+v remembers", tt.c)
			}
			for _, e := range events {
				m.Look(e)
			}
			a, b := m.New(), m.New()
			m.Put(a)
			grown := m.Put(b)
			if got := a.(Valued).Value(); got != tt.value || m.Missed() != tt.missed || b.(Valued).Value() != got || !m.Any() {
				t.Errorf("%+v: %v and %d missed, want %v and %d", tt.c, got, m.Missed(), tt.value, tt.missed)
			}
			if d, ok := b.(*Distinct); ok && grown != 8*len(d.exact) || !ok && grown != 0 {
				t.Errorf("%+v: it has grown by %d", tt.c, grown)
			}
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Config{
		"name+0: the name of a measure has":                 {Name: "a.b", When: "event.x > 1"},
		"name+0: \"lines\" means something else":            {Name: "lines", When: "event.x > 1"},
		"name+0: nothing says what is counted":              {Name: "a"},
		"distinct+0: there is a sum already":                {Name: "a", Sum: "event.x", Distinct: "event.y"},
		"when+0: it is no condition":                        {Name: "a", When: "event.x + 1"},
		"sum+0: it is no number":                            {Name: "a", Sum: "event.x > 1"},
		"distinct+0: it names no field":                     {Name: "a", Distinct: "'x'"},
		"when+10: Syntax error":                             {Name: "a", When: "event.x > "},
		"sum+0: undeclared reference to 'evnt'":             {Name: "a", Sum: "evnt.x"},
		"when+0: the regular expression takes":              {Name: "a", When: "event.x.matches('(a|b|c|d|e){500}x')"},
		"name+0: the name of a measure has; when+0: it is ": {Name: "", When: "event.x + 1"},
	} {
		m, err := c.Build()
		var got []string
		for _, e := range flat(err) {
			var fe *feedgauge.FieldError
			if errors.As(e, &fe) {
				got = append(got, fmt.Sprintf("%s+%d: %s", fe.Field, fe.Offset, fe.Msg))
			}
		}
		for i, w := range strings.Split(want, "; ") {
			if m != nil || i >= len(got) || !strings.HasPrefix(got[i], w) {
				t.Errorf("%+v: %q, want %q", c, got, want)
			}
		}
	}
}

func flat(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range joined.Unwrap() {
			out = append(out, flat(e)...)
		}
		return out
	}
	return []error{err}
}

func TestFields(t *testing.T) {
	t.Parallel()
	m, err := Config{Name: "a", When: "event.x > event.y.z", Distinct: "event['q r']"}.Build()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(m.Fields()), "[{when {x 0}} {when {y.z 10}} {distinct {q r 0}}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
