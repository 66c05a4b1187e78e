package format

import (
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
