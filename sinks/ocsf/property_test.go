package ocsf

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// text draws any bytes: good names, control characters, broken UTF-8.
func text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z0-9/%_.-]{0,20}`),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
	)
}

func instant() *rapid.Generator[feedgauge.Instant] {
	return rapid.OneOf(
		rapid.SampledFrom([]feedgauge.Instant{feedgauge.Before, feedgauge.After, 0}),
		rapid.Map(rapid.Int64Range(1.6e12, 2e12), func(i int64) feedgauge.Instant { return feedgauge.Instant(i) }),
		rapid.Map(rapid.Int64(), func(i int64) feedgauge.Instant { return feedgauge.Instant(i) }),
	)
}

func float() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0}))
}

func drawNumbers(t *rapid.T) feedgauge.Numbers {
	n := feedgauge.Numbers{
		Window: feedgauge.Window{Start: instant().Draw(t, "start"), End: instant().Draw(t, "end")},
		Counts: feedgauge.Counts{
			Events: rapid.Int64().Draw(t, "events"), Bytes: rapid.Int64().Draw(t, "bytes"), Lines: rapid.Int64().Draw(t, "lines"),
			Delayed: rapid.Int64().Draw(t, "delayed"), Future: rapid.Int64().Draw(t, "future"), Blank: rapid.Int64().Draw(t, "blank"),
			Deliveries: rapid.Int64().Draw(t, "deliveries"), DeclaredBytes: rapid.Int64().Draw(t, "declared bytes"),
			DeclaredLines: rapid.Int64().Draw(t, "declared lines"),
		},
		Forecast: feedgauge.Forecast{
			Expected: float().Draw(t, "expected"), Lower: float().Draw(t, "lower"), Upper: float().Draw(t, "upper"),
			Ready: rapid.Bool().Draw(t, "ready"),
		},
		Last:    instant().Draw(t, "last"),
		Silence: time.Duration(rapid.Int64().Draw(t, "silence")),
		Period:  time.Duration(rapid.Int64().Draw(t, "period")),
	}
	for range rapid.IntRange(0, 18).Draw(t, "measures") {
		n.Readings = append(n.Readings, feedgauge.Reading{
			Measure: text().Draw(t, "measure"), Value: float().Draw(t, "value"),
			Forecast: feedgauge.Forecast{Expected: float().Draw(t, "expected"), Ready: rapid.Bool().Draw(t, "ready")},
		})
	}
	for range rapid.IntRange(0, 4).Draw(t, "reasons") {
		n.Counts.Errors.Add(feedgauge.Reason(text().Draw(t, "reason")), rapid.Int64Range(0, 1e9).Draw(t, "n"))
	}
	return n
}

func drawStep(t *rapid.T) feedgauge.Step {
	word := func(label string) string { return text().Draw(t, label) }
	return feedgauge.Step{
		UID: word("uid"), Sequence: rapid.Int().Draw(t, "sequence"),
		Activity: feedgauge.Activity(rapid.IntRange(0, 4).Draw(t, "activity")),
		Feed:     feedgauge.FeedID{Tenant: rapid.SampledFrom([]string{"self", word("tenant")}).Draw(t, "whose"), Name: word("name")},
		Class:    word("class"), Source: word("source"), Format: word("format"), Rule: word("rule"),
		When:     rapid.SampledFrom([]string{"", "forecast.events.expected > 1.0"}).Draw(t, "when") + word("more"),
		Status:   feedgauge.Status(word("status")),
		Previous: feedgauge.Status(word("previous")),
		Severity: rapid.SampledFrom([]feedgauge.Severity{"", "odd", feedgauge.Info, feedgauge.Critical}).Draw(t, "severity"),
		Message:  word("message"),
		Opened:   instant().Draw(t, "opened"), Since: instant().Draw(t, "since"),
		At: instant().Draw(t, "at"), End: instant().Draw(t, "ended"),
		Numbers: drawNumbers(t),
		Labels:  rapid.MapOfN(text(), text(), 0, 6).Draw(t, "labels"),
		Owner:   word("owner"),
		Muted:   rapid.Bool().Draw(t, "muted"), Retracted: rapid.Bool().Draw(t, "retracted"),
		Drifts: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) feedgauge.Drift {
			return feedgauge.Drift{
				Kind: text().Draw(t, "kind"), Field: text().Draw(t, "field"), EventKind: text().Draw(t, "event kind"), Text: text().Draw(t, "text"),
				Before: float().Draw(t, "before"), After: float().Draw(t, "after"), Since: instant().Draw(t, "drift since"), Sample: text().Draw(t, "sample"),
			}
		}), 0, 8).Draw(t, "drifts"),
		Skews: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) feedgauge.Skew {
			return feedgauge.Skew{
				Kind: text().Draw(t, "skew"), Off: time.Duration(rapid.Int64().Draw(t, "off")), Since: instant().Draw(t, "skew since"), Text: text().Draw(t, "skew text"),
			}
		}), 0, 2).Draw(t, "skews"),
		Who: word("who"), Why: word("why"), Feeds: rapid.Int().Draw(t, "feeds"),
	}
}

// cloneMap has the same pairs in a map of its own, whose order of iteration
// need not be the same.
func cloneMap(m map[string]string) map[string]string {
	c := make(map[string]string, 4*len(m)+1)
	for k, v := range m {
		c[k] = v
	}
	return c
}

// Whatever a step holds, it encodes to one line of valid OCSF, always the same.
func TestAnyStepIsValidAndDeterministic(t *testing.T) {
	schema := compileSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawStep(t)
		b, err := Encode(nil, &s, options)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(b) || bytes.ContainsAny(b, "\r\n") {
			t.Fatalf("not one line of UTF-8: %q", b)
		}
		if err := check(schema, b); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		again := s
		again.Labels = cloneMap(s.Labels)
		c, err := Encode([]byte{}, &again, options)
		if err != nil || !bytes.Equal(b, c) {
			t.Fatalf("not deterministic (%v):\n%s\n%s", err, b, c)
		}
	})
}

// A summary gives back what was encoded, but for bytes that are not UTF-8.
func TestSummaryOfAnyStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStep(t)
		b, err := Encode(nil, &s, options)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Summarize(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		want := Summary{
			UID: mended(s.UID), Sequence: s.Sequence, Tenant: mended(s.Feed.Tenant), Feed: mended(s.Feed.Name),
			Rule: mended(s.Rule), Status: feedgauge.Status(mended(string(s.Status))),
			Message: mended(s.Message), Time: s.At,
			Muted: s.Muted, Retracted: s.Retracted, Who: mended(s.Who), Why: mended(s.Why),
		}
		if s.Activity <= feedgauge.Close {
			want.Activity = s.Activity
		}
		if s.Severity != "odd" {
			want.Severity = s.Severity
		}
		if got != want {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

// mended replaces each byte that is not part of valid UTF-8.
func mended(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}
