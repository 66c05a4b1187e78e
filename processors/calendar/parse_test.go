package calendar

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// fieldErrors returns the FieldErrors that err is made of.
func fieldErrors(t *testing.T, err error) []feedgauge.FieldError {
	t.Helper()
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var found []feedgauge.FieldError
	for _, e := range list {
		var f *feedgauge.FieldError
		if !errors.As(e, &f) {
			t.Fatalf("%v is no FieldError", e)
		}
		found = append(found, *f)
	}
	return found
}

func TestMistakes(t *testing.T) {
	const clock = "write hours and minutes, 00:00 to 24:00"
	for _, c := range []struct {
		active string
		offset int
		msg    string
		hint   string
	}{
		{"", 0, "there are no hours here", example},
		{"24x7;", 5, "there are no hours here", example},
		{"24/7", 0, `"24/7" names no hours`, `did you mean "24x7"?`},
		{"24x7 Mon", 5, `"Mon" is too much here`, `parts are separated by ";"`},
		{"08:00-18:00", 0, `"08:00" has no days before it`, `days come first, for example "Mon-Sun 08:00-18:00"`},
		{"Mon", 3, "a time of day is missing", `for example "08:00-18:00"`},
		{"Mon- 08:00-18:00", 5, `"08:00" is no day`, "one of: Mon, Tue, Wed, Thu, Fri, Sat, Sun"},
		{"Mon-Frj 08:00-18:00", 4, `"Frj" is no day`, `did you mean "Fri"?`},
		{"Mon,,Tue 08:00-18:00", 4, "a day is missing", example},
		{"Mon–Fri 08:00-18:00", 0, `"Mon–Fri" is no day`, "write a plain hyphen, as in Mon-Fri"},
		{"Mon-Fri 08:00", 13, "hours end nowhere", `for example "08:00-18:00"`},
		{"Mon-Fri 08:00-", 14, "a time of day is missing", `for example "08:00-18:00"`},
		{"Mon-Fri 08:00-18", 14, `"18" is no time of day`, clock},
		{"Mon-Fri 08:60-18:00", 8, `"08:60" is no time of day`, clock},
		{"Mon-Fri 08:00-24:01", 14, `"24:01" is no time of day`, clock},
		{"Mon-Fri 008:00-18:00", 8, `"008:00" is no time of day`, clock},
		{"Mon-Fri 08:5-18:00", 8, `"08:5" is no time of day`, clock},
		{"Mon-Fri 08:00-6pm", 14, `"6pm" is no time of day`, clock},
		{"Mon-Fri 08:00-08:00", 14, "hours end where they begin", "a whole day is 00:00-24:00"},
		{"Mon-Fri 24:00-08:00", 8, "hours cannot begin at 24:00", "a day begins at 00:00"},
		{"Mon 08:00-12:00,", 16, "a time of day is missing", `for example "08:00-18:00"`},
		{"Mon 08:00-12:00 13:00-17:00", 16, `"13:00-17:00" is too much here`, `parts are separated by ";"`},
	} {
		_, err := New(c.active, nil, nil)
		if err == nil {
			t.Errorf("%q is accepted", c.active)
			continue
		}
		want := feedgauge.FieldError{Field: "active", Offset: c.offset, Msg: c.msg, Hint: c.hint}
		if got := fieldErrors(t, err); !slices.Equal(got, []feedgauge.FieldError{want}) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.active, got, want)
		}
	}
}

func TestAllMistakes(t *testing.T) {
	_, err := New("Mun 08:00-18:00; Tue 08:00-18:00; Wed 8-9", nil, nil)
	var offsets []int
	for _, f := range fieldErrors(t, err) {
		offsets = append(offsets, f.Offset)
	}
	if !slices.Equal(offsets, []int{0, 38}) {
		t.Errorf("mistakes at %v", offsets)
	}
}

// Spaces, case and the order of parts mean nothing.
func TestSameWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		active := rapid.SampledFrom(actives).Draw(t, "active")
		parts := rapid.Permutation(strings.Split(active, ";")).Draw(t, "parts")
		other := strings.ToUpper(strings.Join(parts, " ;\t"))
		other = strings.NewReplacer(",", " , ", "-", " - ").Replace(other)
		a, b := build(t, active, "UTC", nil), build(t, other, "UTC", nil)
		for d := range a.days {
			for i := range a.days[d].sets {
				if !slices.Equal(a.days[d].sets[i].spans, b.days[d].sets[i].spans) {
					t.Fatalf("%q and %q differ", active, other)
				}
			}
		}
	})
}

// Whatever is written, it gives a calendar with some active time, or errors that
// point into the text.
func FuzzNew(f *testing.F) {
	for _, active := range actives {
		f.Add(active)
	}
	f.Add("Mon–Fri 25:00-;;24/7")
	f.Fuzz(func(t *testing.T, active string) {
		c, err := New(active, nil, nil)
		if err != nil {
			for _, e := range fieldErrors(t, err) {
				if e.Offset < 0 || e.Offset > len(active) || e.Msg == "" || e.Hint == "" {
					t.Fatalf("%q: %+v", active, e)
				}
			}
			return
		}
		const week = feedgauge.Instant(7 * 86_400_000)
		got := c.Elapsed(0, week)
		if got <= 0 || got > week.Sub(0) {
			t.Fatalf("%q is active for %s a week", active, got)
		}
		if end := c.Add(0, got); c.Elapsed(0, end) != got || end > week {
			t.Fatalf("%q: %s is reached at %s", active, got, end)
		}
	})
}
