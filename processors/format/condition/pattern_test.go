package condition

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// What a regular expression may cost is bounded by its steps times the text, for all
// of a condition together and however matches is called. Beyond that nothing is told.
func TestMatchesLongText(t *testing.T) {
	t.Parallel()
	const costly = `([ab]{2}|c){0,120}x`
	n := steps(costly)
	if n < 500 || n > maxPattern {
		t.Fatalf("the expression has %d steps", n)
	}
	most := maxWork / n
	for _, tt := range []struct {
		src   string
		bytes int
		known bool
	}{
		{`event.a.matches("` + costly + `")`, most, true},
		{`event.a.matches("` + costly + `")`, most + 1, false},
		{`matches(event.a, "` + costly + `")`, most + 1, false},
		{`string(event.a).matches("` + costly + `")`, most + 1, false},
		{`!event.a.matches("` + costly + `")`, most + 1, false},
		{`[1, 2, 3].exists(i, event.a.matches("` + costly + `"))`, most / 2, false},
		{`event.a.matches("^z") || event.a.matches("` + costly + `")`, most - most/20, true},
		{`event.a.matches("` + costly + `") || event.a.matches("` + costly + `")`, most/2 + 1, false},
		{`event.a.matches("z$")`, 1 << 20, true},
	} {
		c, err := New(tt.src)
		if err != nil {
			t.Fatal(err)
		}
		e := &feedgauge.Event{Fields: []feedgauge.Field{{Name: []byte("a"), Value: []byte(strings.Repeat("z", tt.bytes))}}}
		for range 2 { // what one evaluation took is none of the next one's
			if _, known := c.Test(e); known != tt.known {
				t.Errorf("%s of %d bytes: known %v", tt.src, tt.bytes, known)
			}
		}
	}
}

// A value that is no text matches nothing, and is no reason to fail.
func TestMatchesNoText(t *testing.T) {
	t.Parallel()
	c, err := New(`event.status.matches("^4")`)
	if err != nil {
		t.Fatal(err)
	}
	if holds, known := c.Test(event()); holds || known {
		t.Errorf("holds %v, known %v", holds, known)
	}
}
