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
