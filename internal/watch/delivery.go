package watch

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/processors/delivery"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// compareDelivery tells the rules what is wrong with the delivery of a window that
// can be judged, held against those before, and remembers it.
func (f *feed) compareDelivery(m *rules.Moment, t *feedgauge.FeedTally) {
	if !f.class.Whole {
		return
	}
	if s, ok := t.Sketches.Get(journal.DeliveryName).(*delivery.Summary); ok {
		m.Delivery = f.past.Judge(s, t.First)
	}
}

// restoreDeliveries reads what was saved of the last deliveries. What cannot be read
// is forgotten, rather than refuse to watch.
func (f *feed) restoreDeliveries(b []byte) {
	if m, err := delivery.Load(b); err == nil {
		f.past = *m
	}
}
