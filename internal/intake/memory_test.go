package intake

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/count"
)

func TestText(t *testing.T) {
	t.Parallel()
	for want, l := range map[string]count.Lane{
		"1 - - 0":                         count.NewLane(),
		"1 1800000000000 1799999970000 0": {High: 1_800_000_000_000, Watermark: 1_799_999_970_000},
		"1 -5 - 1":                        {High: -5, Watermark: feedgauge.Before, Stamp: feedgauge.LogAppendTime},
	} {
		if got := Text(l); got != want {
			t.Errorf("%+v is %q, want %q", l, got, want)
		}
	}
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.OneOf(rapid.Int64(), rapid.Just(int64(feedgauge.Before)))
		l := count.Lane{
			High: feedgauge.Instant(instant.Draw(t, "high")), Watermark: feedgauge.Instant(instant.Draw(t, "watermark")),
			Stamp: rapid.SampledFrom([]feedgauge.StampKind{feedgauge.CreateTime, feedgauge.LogAppendTime}).Draw(t, "stamp"),
		}
		if got := ParseText(Text(l)); got != l {
			t.Fatalf("%+v came back as %+v", l, got)
		}
	})
}

// What somebody else wrote is no memory, not half of one.
func TestParseTextOfOthers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "1", "1 2 3", "2 1 1 0", "1 1 1 0 0", "1 x 1 0", "1 1 x 0", "1 1 99999999999999999999 0", "set by hand"} {
		if got := ParseText(s); got != count.NewLane() {
			t.Errorf("%q gives %+v, want a new lane", s, got)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"", "1 - - 0", "1 1800000000000 1799999970000 1", "1 -9223372036854775808 5 0", "1  7\t8 9\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := ParseText(s)
		if again := ParseText(Text(l)); again != l {
			t.Errorf("%q gives %+v, which comes back as %+v", s, l, again)
		}
	})
}
