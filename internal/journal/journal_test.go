package journal

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/measure"
)

func drawFeed(t *rapid.T) feedgauge.FeedTally {
	count := rapid.Int64Range(0, 1<<40)
	f := feedgauge.FeedTally{
		Feed:  feedgauge.FeedID{Tenant: rapid.String().Draw(t, "tenant"), Name: rapid.String().Draw(t, "name")},
		First: feedgauge.Instant(rapid.Int64Range(-1<<41, 1<<42).Draw(t, "first")),
		Last:  feedgauge.Instant(rapid.Int64Range(-1<<41, 1<<42).Draw(t, "last")),
		Counts: feedgauge.Counts{
			Events: count.Draw(t, "events"), Bytes: count.Draw(t, "bytes"), Lines: count.Draw(t, "lines"),
			Delayed: count.Draw(t, "delayed"), Future: count.Draw(t, "future"), Blank: count.Draw(t, "blank"),
		},
	}
	for _, r := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"type", "syntax", "null", "a"}), rapid.ID).Draw(t, "reasons") {
		f.Counts.Errors.Put(feedgauge.ErrorCount{
			Reason: feedgauge.Reason(r), N: rapid.Int64Range(1, 1000).Draw(t, "n"), Field: rapid.StringN(0, 4, 8).Draw(t, "field"),
			First: rapid.SampledFrom([]feedgauge.Instant{f.First, feedgauge.After}).Draw(t, "first"), Sample: rapid.StringN(0, 8, 16).Draw(t, "sample"),
		})
	}
	if rapid.Bool().Draw(t, "measures") {
		total, hosts := &measure.Total{}, &measure.Distinct{}
		total.Add(rapid.Float64Range(0, 1e6).Draw(t, "sum"))
		for _, h := range rapid.SliceOf(rapid.Byte()).Draw(t, "hosts") {
			hosts.Add([]byte{h})
		}
		f.Sketches.Put(measure.SketchName("sum"), total)
		f.Sketches.Put(measure.SketchName("hosts"), hosts)
	}
	return f
}

func TestTallyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := feedgauge.Instant(rapid.Int64Range(-1<<41, 1<<42).Draw(t, "start"))
		in := &feedgauge.Tally{
			Source: rapid.String().Draw(t, "source"),
			Window: feedgauge.Window{Start: start, End: start + feedgauge.Instant(rapid.Int64Range(1, 1<<31).Draw(t, "length"))},
			Feeds:  rapid.SliceOfN(rapid.Custom(drawFeed), 1, 20).Draw(t, "feeds"),
		}
		limit := rapid.IntRange(1, 2000).Draw(t, "limit")
		var feeds []feedgauge.FeedTally
		for _, rec := range AppendTally(nil, in, limit) {
			e, kind, err := Decode(rec)
			if err != nil || kind != KindTally || e.Tally == nil {
				t.Fatalf("decoding: %v %v", kind, err)
			}
			if e.Tally.Source != in.Source || e.Tally.Window != in.Window {
				t.Fatalf("head %+v, want %+v", e.Tally, in)
			}
			if len(rec) > limit && len(e.Tally.Feeds) > 1 {
				t.Fatalf("record of %d bytes with %d feeds, limit %d", len(rec), len(e.Tally.Feeds), limit)
			}
			feeds = append(feeds, e.Tally.Feeds...)
		}
		if !reflect.DeepEqual(feeds, in.Feeds) {
			t.Fatalf("got  %+v\nwant %+v", feeds, in.Feeds)
		}
	})
}

func TestTrailerRoundTrip(t *testing.T) {
	t.Parallel()
	in := &feedgauge.Trailer{
		Worker: "host-0",
		Topics: []feedgauge.TopicMark{
			{Source: "raw", Topic: "syslog", Partitions: 3, Last: 1_700_000_000_000, Retired: true, Runs: feedgauge.Runs{{First: 5, Last: 5}, {First: 20_000, Last: 30_000}}},
			{Source: "raw", Topic: "web", ID: "\x00\xff16 bytes", Partitions: 1, Last: feedgauge.Before},
		},
		Lanes: []feedgauge.LaneMark{
			{Lane: feedgauge.Lane{Topic: "syslog", Partition: 2}, Position: 17, Watermark: 0, First: 0, Proof: feedgauge.ProofActive},
			{Lane: feedgauge.Lane{Topic: "web"}, Position: 0, Watermark: feedgauge.Before, First: feedgauge.After, Proof: feedgauge.ProofNone},
			{Lane: feedgauge.Lane{Topic: "syslog", Partition: 0}, Position: 1 << 50, Watermark: -5, First: -7, Proof: feedgauge.ProofBlocked},
		},
	}
	e, kind, err := Decode(AppendTrailer(nil, in))
	if err != nil || kind != KindTrailer {
		t.Fatalf("decoding: %v %v", kind, err)
	}
	if !reflect.DeepEqual(e.Trailer, in) {
		t.Errorf("got  %+v\nwant %+v", e.Trailer, in)
	}
}

func TestOtherKindsRoundTrip(t *testing.T) {
	t.Parallel()
	command := &feedgauge.Command{
		Word: feedgauge.WordReal,
		ID:   "1", Verb: feedgauge.Mute, Feed: feedgauge.FeedID{Tenant: "t", Name: "n"}, Labels: map[string]string{"a": "b", "c": ""},
		Who: "me", Why: "works", Until: feedgauge.After,
	}
	revision := &feedgauge.Revision{Number: 3, Fingerprint: "f", Text: "x"}
	gap := &feedgauge.Gap{Source: "raw", Lane: feedgauge.Lane{Topic: "t", Partition: 2}, From: -1, To: 5, Records: 9}
	for _, tt := range []struct {
		b    []byte
		want feedgauge.Entry
	}{
		{AppendCommand(nil, command), feedgauge.Entry{Command: command}},
		{AppendRevision(nil, revision), feedgauge.Entry{Revision: revision}},
		{AppendGap(nil, gap), feedgauge.Entry{Gap: gap}},
	} {
		if got, kind, err := Decode(tt.b); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v: %+v, %v; want %+v", kind, got, err, tt.want)
		}
	}
}

func TestTick(t *testing.T) {
	t.Parallel()
	if e, kind, err := Decode(AppendTick(nil)); err != nil || kind != KindTick || !e.Tick {
		t.Errorf("tick: %+v %v %v", e, kind, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		b    []byte
		want error
	}{
		{nil, ErrMalformed}, {[]byte{1}, ErrMalformed}, {[]byte{0, 1}, ErrMalformed},
		{[]byte{Version + 1, 1}, ErrNewer}, {[]byte{Version, 99}, ErrMalformed}, {[]byte{Version, 1, 0xff}, ErrMalformed},
	} {
		if _, _, err := Decode(tt.b); !errors.Is(err, tt.want) {
			t.Errorf("Decode(%v): %v, want %v", tt.b, err, tt.want)
		}
	}
}

// Whatever decodes, encodes and decodes to the same.
func FuzzDecode(f *testing.F) {
	f.Add(AppendTick(nil))
	f.Add(AppendTrailer(nil, &feedgauge.Trailer{Topics: []feedgauge.TopicMark{{Topic: "t"}}, Lanes: []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "t"}}}}))
	tally := &feedgauge.Tally{Source: "s", Window: feedgauge.Window{End: 60_000}, Feeds: []feedgauge.FeedTally{{Feed: feedgauge.FeedID{Name: "n"}}}}
	tally.Feeds[0].Counts.Errors.Add("type", 2)
	f.Add(AppendTally(nil, tally, MaxRecord)[0])
	f.Fuzz(func(t *testing.T, b []byte) {
		e, kind, err := Decode(b)
		if err != nil || kind != KindTally {
			return
		}
		again, _, err := Decode(AppendTally(nil, e.Tally, 1<<30)[0])
		if err != nil || !reflect.DeepEqual(again.Tally, e.Tally) {
			t.Errorf("%v: got %+v, want %+v", err, again.Tally, e.Tally)
		}
	})
}
