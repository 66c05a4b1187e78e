package journal

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/clocks"
	"github.com/feedgauge/feedgauge/processors/delivery"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// Field numbers of a tally: source 1, window start 2, window length in ms 3,
// feeds 4. They are never reused for another meaning.
const (
	tallySource protowire.Number = iota + 1
	tallyStart
	tallyLength
	tallyFeed
)

// Field numbers of a feed's tally. First and last arrival are relative to the
// window's start, so that they are short.
const (
	feedTenant protowire.Number = iota + 1
	feedName
	feedFirst
	feedLast
	feedEvents
	feedBytes
	feedLines
	feedDelayed
	feedFuture
	feedBlank
	feedError
	feedDeliveries
	feedDeclaredBytes
	feedDeclaredLines
	feedSketch
)

const (
	sketchName protowire.Number = iota + 1
	sketchKind
	sketchBytes
)

const (
	errorReason protowire.Number = iota + 1
	errorCount
	errorField
	errorFirst // relative to the window's start, twice plus one, so that it is never 0
	errorSample
)

// AppendTally encodes t as one or more records, split where one would exceed
// limit bytes (a single feed is never split).
func AppendTally(records [][]byte, t *feedgauge.Tally, limit int) [][]byte {
	head := tallyHead(t)
	rec := append([]byte(nil), head...)
	var scratch []byte
	for i := range t.Feeds {
		scratch = appendFeedField(scratch[:0], t.Window.Start, &t.Feeds[i])
		if len(rec) > len(head) && len(rec)+len(scratch) > limit {
			records = append(records, rec)
			rec = append([]byte(nil), head...)
		}
		rec = append(rec, scratch...)
	}
	return append(records, rec)
}

func tallyHead(t *feedgauge.Tally) []byte {
	b := []byte{Version, byte(KindTally)}
	b = AppendText(b, tallySource, t.Source)
	b = AppendInt(b, tallyStart, int64(t.Window.Start))
	return AppendInt(b, tallyLength, int64(t.Window.End-t.Window.Start))
}

func appendFeedField(b []byte, start feedgauge.Instant, f *feedgauge.FeedTally) []byte {
	return AppendMessage(b, tallyFeed, func(b []byte) []byte { return AppendFeed(b, start, f) })
}

// AppendFeed encodes one feed's tally; First and Last are written relative to
// start.
func AppendFeed(b []byte, start feedgauge.Instant, f *feedgauge.FeedTally) []byte {
	b = AppendText(b, feedTenant, f.Feed.Tenant)
	b = AppendText(b, feedName, f.Feed.Name)
	b = AppendInt(b, feedFirst, int64(f.First-start))
	b = AppendInt(b, feedLast, int64(f.Last-start))
	c := &f.Counts
	b = AppendInt(b, feedEvents, c.Events)
	b = AppendInt(b, feedBytes, c.Bytes)
	b = AppendInt(b, feedLines, c.Lines)
	b = AppendInt(b, feedDelayed, c.Delayed)
	b = AppendInt(b, feedFuture, c.Future)
	b = AppendInt(b, feedBlank, c.Blank)
	b = AppendInt(b, feedDeliveries, c.Deliveries)
	b = AppendInt(b, feedDeclaredBytes, c.DeclaredBytes)
	b = AppendInt(b, feedDeclaredLines, c.DeclaredLines)
	for _, e := range c.Errors {
		b = AppendMessage(b, feedError, func(b []byte) []byte {
			return appendError(b, start, &e)
		})
	}
	for _, s := range f.Sketches {
		b = AppendMessage(b, feedSketch, func(b []byte) []byte {
			b = AppendText(b, sketchName, s.Name)
			b = AppendInt(b, sketchKind, int64(s.Sketch.Kind()))
			return AppendMessage(b, sketchBytes, s.Sketch.Append)
		})
	}
	return b
}

func appendError(b []byte, start feedgauge.Instant, e *feedgauge.ErrorCount) []byte {
	b = AppendText(b, errorReason, string(e.Reason))
	b = AppendInt(b, errorCount, e.N)
	b = AppendText(b, errorField, e.Field)
	if e.First != feedgauge.After {
		b = AppendInt(b, errorFirst, 2*int64(e.First-start)+1)
	}
	return AppendText(b, errorSample, e.Sample)
}

func decodeTally(b []byte) (*feedgauge.Tally, error) {
	t := &feedgauge.Tally{}
	var feeds [][]byte
	var length int64
	err := Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case tallySource:
			t.Source = string(data)
		case tallyStart:
			t.Window.Start = feedgauge.Instant(Int(v))
		case tallyLength:
			length = Int(v)
		case tallyFeed:
			feeds = append(feeds, data)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if length <= 0 {
		return nil, ErrMalformed
	}
	t.Window.End = t.Window.Start + feedgauge.Instant(length)
	t.Feeds = make([]feedgauge.FeedTally, len(feeds))
	for i, data := range feeds {
		if err := DecodeFeed(data, t.Window.Start, &t.Feeds[i]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// DecodeFeed reads what AppendFeed wrote.
func DecodeFeed(b []byte, start feedgauge.Instant, f *feedgauge.FeedTally) error {
	f.First, f.Last = start, start
	return Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case feedTenant:
			f.Feed.Tenant = string(data)
		case feedName:
			f.Feed.Name = string(data)
		case feedFirst:
			f.First = start + feedgauge.Instant(Int(v))
		case feedLast:
			f.Last = start + feedgauge.Instant(Int(v))
		case feedError:
			return decodeError(data, start, &f.Counts.Errors)
		case feedSketch:
			return decodeSketch(data, &f.Sketches)
		default:
			if c := counter(&f.Counts, num); c != nil {
				*c = Int(v)
			}
		}
		return nil
	})
}

// counter returns the count that field num holds, nil for other fields.
func counter(c *feedgauge.Counts, num protowire.Number) *int64 {
	switch num {
	case feedEvents:
		return &c.Events
	case feedBytes:
		return &c.Bytes
	case feedLines:
		return &c.Lines
	case feedDelayed:
		return &c.Delayed
	case feedFuture:
		return &c.Future
	case feedBlank:
		return &c.Blank
	case feedDeliveries:
		return &c.Deliveries
	case feedDeclaredBytes:
		return &c.DeclaredBytes
	case feedDeclaredLines:
		return &c.DeclaredLines
	}
	return nil
}

// The names of sketches that are no measures.
const (
	ProfileName  = "profile"  // what lines are like
	ClockName    = "clocks"   // how long after their own time events arrived
	DeliveryName = "delivery" // what deliveries are
)

// decodeSketch reads a sketch. One of a kind that this binary does not know is
// left out, like any unknown field.
func decodeSketch(b []byte, out *feedgauge.Sketches) error {
	var name string
	var kind int64
	var body []byte
	err := Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case sketchName:
			name = string(data)
		case sketchKind:
			kind = Int(v)
		case sketchBytes:
			body = data
		}
		return nil
	})
	if err != nil {
		return err
	}
	sketch, err := readSketch(feedgauge.SketchKind(kind), body)
	switch {
	case errors.Is(err, profile.ErrNewer) || errors.Is(err, measure.ErrNewer) || errors.Is(err, clocks.ErrNewer) || errors.Is(err, delivery.ErrNewer):
		return fmt.Errorf("sketch %q: %w: %w", name, ErrNewer, err)
	case err != nil:
		return fmt.Errorf("sketch %q: %w: %w", name, ErrMalformed, err)
	case sketch != nil:
		out.Put(name, sketch)
	}
	return nil
}

// readSketch reads a sketch of a kind, nil if the kind is not known.
func readSketch(kind feedgauge.SketchKind, b []byte) (feedgauge.Sketch, error) {
	switch kind {
	case feedgauge.ProfileSketch:
		p, err := profile.Decode(b)
		if err != nil {
			return nil, err
		}
		return p, nil
	case feedgauge.TotalSketch, feedgauge.DistinctSketch:
		return measure.Decode(kind, b)
	case feedgauge.ClockSketch:
		s, err := clocks.Decode(b)
		if err != nil {
			return nil, err
		}
		return s, nil
	case feedgauge.DeliverySketch:
		s, err := delivery.Decode(b)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, nil
}

func decodeError(b []byte, start feedgauge.Instant, errs *feedgauge.Errors) error {
	e := feedgauge.ErrorCount{First: feedgauge.After}
	err := Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case errorReason:
			e.Reason = feedgauge.Reason(data)
		case errorCount:
			e.N = Int(v)
		case errorField:
			e.Field = string(data)
		case errorFirst:
			e.First = start + feedgauge.Instant(Int(v)>>1)
		case errorSample:
			e.Sample = string(data)
		}
		return nil
	})
	if err != nil {
		return err
	}
	errs.Put(e)
	return nil
}
