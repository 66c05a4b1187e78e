package intake

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/delivery"
	"github.com/feedgauge/feedgauge/processors/format"
)

// tailSize and nameSize bound what is kept of the last event of a delivery, and of
// its name, in bytes.
const (
	tailSize = 100
	nameSize = 80
)

// gather adds a record that has been counted to what is known of the deliveries of
// its window.
func (in *Intake) gather(l *lane, f *feed, r *feedgauge.Record, a *count.Arrival) {
	s, ok := in.sums.Sketch(&f.Feed, a.At, journal.DeliveryName, func(feedgauge.Window) feedgauge.Sketch { return &delivery.Summary{} }, delivery.Size).(*delivery.Summary)
	if !ok {
		return
	}
	if a.Delivery {
		s.Announce(announcement(a))
	}
	if a.Manifest {
		return
	}
	one := delivery.Record{At: a.At, Lane: l.hash, Offset: r.Offset, Value: r.Value, Verdict: a.Verdict, Single: f.single}
	if f.bare {
		one.Value, one.Wrapped = in.exam.bare, true
	}
	if one.Tail = in.exam.tail; one.Tail != "" {
		one.Sample = format.Sample(in.exam.end, tailSize)
	}
	s.Add(&one)
}

// announcement is what a record says of a delivery.
func announcement(a *count.Arrival) *delivery.Announcement {
	said := &delivery.Announcement{Name: a.Name, Shown: format.Sample(a.Name, nameSize), Bytes: -1, Lines: -1, Manifest: a.Manifest}
	if a.Sized {
		said.Bytes = a.DeclaredBytes
	}
	if a.Lined {
		said.Lines = a.DeclaredLines
	}
	return said
}
