package watch_test

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// scripted is a forecast that judges by itself: any window without events is a
// silence. It remembers what it is told.
type scripted struct {
	seen  []float64
	words []feedgauge.Word
	open  bool
}

func (s *scripted) New() feedgauge.Model { return s }
func (s *scripted) Expect(feedgauge.Window) feedgauge.Forecast {
	return feedgauge.Forecast{Ready: true}
}
func (s *scripted) Learn(feedgauge.Window, float64)  {}
func (s *scripted) Accept(feedgauge.Window, float64) {}
func (s *scripted) Append(b []byte) []byte           { return b }
func (s *scripted) Load([]byte) error                { return nil }
func (s *scripted) Note(w feedgauge.Word)            { s.words = append(s.words, w) }
func (s *scripted) Judge(w feedgauge.Window, v float64) (f feedgauge.Forecast) {
	s.seen = append(s.seen, v)
	f.Ready = true
	if v == 0 {
		f.Anomaly = feedgauge.Anomaly{Kind: feedgauge.Silent, Side: feedgauge.SideLow, FirstBad: w.Start}
		if !s.open {
			f.Anomaly.Reason = "nothing came"
		}
	}
	s.open = v == 0
	return f
}

func judged(t *testing.T, period time.Duration) (*bench, *scripted) {
	t.Helper()
	b, s := newBench(t), &scripted{}
	class := b.pipe.Classes[0]
	class.Period, class.Forecaster, class.Forecast, class.Rules = period, s, "scripted", nil
	for _, c := range rules.Judged() {
		r, err := c.Build([]string{"events"}, true)
		if err != nil {
			t.Fatal(err)
		}
		class.Rules = append(class.Rules, r)
	}
	return b, s
}

// TestJudgeSeesEveryWindow: a model that judges by itself sees windows without
// arrivals too, whether silence has a period or not, and its word makes findings.
func TestJudgeSeesEveryWindow(t *testing.T) {
	t.Parallel()
	for _, period := range []time.Duration{0, time.Hour} {
		b, s := judged(t, period)
		b.arrive(epoch, 5)
		b.arrive(epoch+3*minute, 7)
		b.mark(epoch+4*minute, epoch+4*minute, 1)
		want := []float64{5, 0, 0, 7}
		if len(s.seen) != len(want) {
			t.Fatalf("period %v: it saw %v, want %v", period, s.seen, want)
		}
		for i := range want {
			if s.seen[i] != want[i] {
				t.Errorf("period %v: it saw %v, want %v", period, s.seen, want)
			}
		}
		if len(b.told) != 2 {
			t.Errorf("period %v: told %q, want a silence that opens and closes", period, b.told)
		}
	}
}

// TestWords: what somebody says of a finding reaches the model, and what is found
// while a feed is muted was expected.
func TestWords(t *testing.T) {
	t.Parallel()
	b, s := judged(t, 0)
	id := feedgauge.FeedID{Tenant: "main", Name: "f"}
	b.arrive(epoch, 5)
	b.mark(epoch+2*minute, epoch+2*minute, 1)
	b.fold(epoch+2*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "1", Verb: feedgauge.Ack, Feed: id, Who: "kim"}})
	b.fold(epoch+2*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "2", Verb: feedgauge.Ack, Feed: id, Who: "kim", Word: feedgauge.WordReal}})
	if len(s.words) != 1 || s.words[0] != feedgauge.WordReal {
		t.Errorf("it was told %q", s.words)
	}
	b.fold(epoch+2*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "3", Verb: feedgauge.Mute, Feed: id, Who: "kim", Why: "works", Until: feedgauge.After}})
	b.arrive(epoch+2*minute, 5)
	b.mark(epoch+4*minute, epoch+4*minute, 1)
	if len(s.words) != 2 || s.words[1] != feedgauge.WordExpected {
		t.Errorf("muted, it was told %q", s.words)
	}
}
