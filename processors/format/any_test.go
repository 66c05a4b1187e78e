package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestAnyTakesEverything(t *testing.T) {
	c := newChecker(t, "any")
	for value, lines := range map[string]int{"\xff\xfe": 1, "\x00": 1, "a\nb\n\nc": 4, "{": 1} {
		if got := verdict(c, value); got != (feedgauge.Verdict{Lines: lines, Events: 1}) {
			t.Errorf("%q: got %+v, want %d lines", value, got, lines)
		}
	}
}

func TestAnyDoesNotAllocate(t *testing.T) {
	c, r := newChecker(t, "any"), &feedgauge.Record{Value: []byte(" a\nb")}
	if n := testing.AllocsPerRun(100, func() { c.Check(r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Lines in envelopes are events, whatever is in them; broken envelopes are told.
func TestAnyInEnvelopes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"message":"\u0000 ÿ x"}`: "1+1 -  \"\\x00 ÿ x\"\n1/0/1",
		`{"message":"a\nb\n\n"}`:   "1+1 -  \"a\"\n1+0 -  \"b\"\n1/0/2",
		`{"message":""}`:           "1/0/0",
		`{"msg":1}`:                "1+1 - missing_fieldmessage \"{\\\"msg\\\":1}\"\n1/0/1",
		"a\xff":                    "1+1 - syntax \"a\\xff\"\n1/0/1",
	} {
		c := built(t, &Any{Envelope: "beats"})
		if got := eventsIn(c, in); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", in, got, want)
		}
	}
	if v := verdict(built(t, &Any{Envelope: "none"}), "a\nb"); v.Events != 1 {
		t.Errorf("a record without envelope is %d events", v.Events)
	}
	if list := mistakes(t, &Any{Envelope: "x"}); list[0].Field != "envelope" {
		t.Errorf("got %v", list)
	}
	if unit := (&Any{Envelope: "array"}).EventUnit(); unit != "record" {
		t.Errorf("unit %q", unit)
	}
}

// Lines of files are bounded where a limit is set, in envelopes too; records are not.
func TestAnyLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40)
	for _, c := range []struct{ envelope, in string }{
		{"", "a\n" + long + "\nb"},
		{"auto", "a\n" + long + "\nb"},
		{"beats", "{\"message\":\"a\"}\n{\"message\":\"" + long + "\"}\n"},
	} {
		for limit, bad := range map[string]int{"16B": 1, "40B": 0, "": 0} {
			config := &Any{Envelope: c.envelope}
			config.Limit(limit)
			k := built(t, config)
			s, _ := NewStream(k)
			reasons := map[feedgauge.Reason]int{}
			s.Begin(func(e *feedgauge.Event) { reasons[e.Reason]++ })
			s.Write([]byte(c.in), true)
			if reasons[feedgauge.TooLong] != bad {
				t.Errorf("envelope %q, limit %q: got %v", c.envelope, limit, reasons)
			}
		}
	}
	if list := mistakes(t, &Any{limit: "1X"}); list[0].Field != "max_line" {
		t.Errorf("got %v", list)
	}
}
