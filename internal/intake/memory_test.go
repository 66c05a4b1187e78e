package intake

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/count"
)

func TestText(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]Memory{
		"1 - - - 0 0 -": {Lane: count.NewLane()},
		"1 1800000000000 1799999970000 7 0 0 -": {
			Lane: count.Lane{High: 1_800_000_000_000, Watermark: 1_799_999_970_000, First: 7},
		},
		"1 -5 - -5 1 3 ab12": {
			Lane:     count.Lane{High: -5, Watermark: feedgauge.Before, First: -5, Stamp: feedgauge.LogAppendTime},
			Revision: 3, Fingerprint: "ab12",
		},
	} {
		if got := m.Text(); got != want {
			t.Errorf("%+v is %q, want %q", m, got, want)
		}
	}
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Int64Range(-1<<50, 1<<50)
		m := Memory{
			Position: rapid.Int64Range(0, 1<<60).Draw(t, "position"),
			Lane: count.Lane{
				High: feedgauge.Instant(instant.Draw(t, "high")), Watermark: feedgauge.Instant(instant.Draw(t, "watermark")),
				First: feedgauge.Instant(instant.Draw(t, "first")),
				Stamp: rapid.SampledFrom([]feedgauge.StampKind{feedgauge.CreateTime, feedgauge.LogAppendTime}).Draw(t, "stamp"),
			},
			Revision: rapid.Int64Range(0, 1<<40).Draw(t, "revision"), Fingerprint: rapid.StringMatching("[0-9a-f]{0,16}").Draw(t, "fp"),
		}
		if rapid.Bool().Draw(t, "new") {
			m.Lane = count.NewLane()
		}
		if got := ParseMemory(m.Position, m.Text()); got != m {
			t.Fatalf("%+v came back as %+v", m, got)
		}
	})
}

// What somebody else wrote is no memory, not half of one.
func TestParseMemoryOfOthers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "1", "1 2 3", "2 1 1 1 0 0 -", "1 1 1 1 0 0", "1 1 1 1 0 0 - -", "1 x 1 1 0 0 -", "1 1 x 1 0 0 -", "1 1 1 x 0 0 -",
		"1 1 1 1 0 x -", "1 1 1 1 0 -1 -", "1 1 99999999999999999999 1 0 0 -", "set by hand",
	} {
		if got := ParseMemory(5, s); got != (Memory{Position: 5, Lane: count.NewLane()}) {
			t.Errorf("%q gives %+v, want a new lane", s, got)
		}
	}
}

func FuzzParseMemory(f *testing.F) {
	for _, s := range []string{"", "1 - - - 0 0 -", "1 1800000000000 1799999970000 5 1 2 ab", "1 -9223372036854775808 5 1 0 1 x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := ParseMemory(1, s)
		if strings.Contains(s, "9223372036854775") {
			return // the bounds of time stand for "none" and are written so
		}
		if again := ParseMemory(1, m.Text()); again != m {
			t.Errorf("%q gives %+v, which comes back as %+v", s, m, again)
		}
	})
}
