package watch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// tell folds a trailer in which all lanes of a topic stand at the same time.
func (b *bench) tell(broker, at feedgauge.Instant, topic feedgauge.TopicMark) {
	topic.Source = "raw"
	tr := &feedgauge.Trailer{Topics: []feedgauge.TopicMark{topic}}
	for i := range topic.Partitions {
		tr.Lanes = append(tr.Lanes, feedgauge.LaneMark{Lane: feedgauge.Lane{Topic: topic.Topic, Partition: i}, Watermark: at, First: epoch})
	}
	b.fold(broker, feedgauge.Entry{Trailer: tr})
}

// A topic that is deleted and made again with fewer partitions holds nothing back
// with those it has no more, whether its end was noticed or not.
func TestTopicMadeAnewWithFewerLanes(t *testing.T) {
	t.Parallel()
	for name, turn := range map[string]func(b *bench){
		"its end was told": func(b *bench) {
			b.tell(epoch+minute, epoch, feedgauge.TopicMark{Topic: "a", Partitions: 4, Retired: true})
			b.tell(epoch+2*minute, epoch+2*minute, feedgauge.TopicMark{Topic: "a", Partitions: 2})
		},
		"its id is another": func(b *bench) {
			b.tell(epoch+2*minute, epoch+2*minute, feedgauge.TopicMark{Topic: "a", Partitions: 2, ID: "second"})
		},
		"a worker notices late": func(b *bench) {
			b.tell(epoch+minute, epoch+minute, feedgauge.TopicMark{Topic: "a", Partitions: 2, ID: "second"})
			b.tell(epoch+minute, epoch+minute, feedgauge.TopicMark{Topic: "a", Partitions: 4, ID: "first"})
			b.tell(epoch+2*minute, epoch+2*minute, feedgauge.TopicMark{Topic: "a", Partitions: 2, ID: "second"})
			b.tell(epoch+2*minute, epoch, feedgauge.TopicMark{Topic: "a", Partitions: 4, ID: "first", Retired: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.tell(epoch+minute, epoch+minute, feedgauge.TopicMark{Topic: "a", Partitions: 4, ID: "first"})
			turn(b)
			if got := b.Effective("raw"); got != epoch+2*minute {
				t.Errorf("the source stands at %v", relative(got))
			}
		})
	}
}

// Of a topic made anew, a lane nobody has spoken for yet holds the watermark.
func TestTopicMadeAnewIsUnknown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.tell(epoch+minute, epoch+minute, feedgauge.TopicMark{Topic: "a", Partitions: 2, ID: "first"})
	b.fold(epoch+5*minute, feedgauge.Entry{Trailer: &feedgauge.Trailer{
		Topics: []feedgauge.TopicMark{{Source: "raw", Topic: "a", Partitions: 2, ID: "second"}},
		Lanes:  []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "a"}, Watermark: epoch + 5*minute}},
	}})
	if got := b.Effective("raw"); got != epoch+minute {
		t.Errorf("the source stands at %v", relative(got))
	}
}

// A topic that has delivered and goes is told of, until it is back or forgotten;
// one that was always empty is not.
func TestTopicGoneIsTold(t *testing.T) {
	t.Parallel()
	for back, want := range map[bool]string{
		true:  "open gone at 2m0s; close gone at 5m0s",
		false: "open gone at 2m0s; close gone at 1h2m1s",
	} {
		b := newBench(t)
		at := epoch + minute
		for _, empty := range []feedgauge.TopicMark{
			{Topic: "a", Partitions: 1, Last: epoch}, {Topic: "b", Partitions: 1, Last: epoch}, {Topic: "c", Partitions: 1, Last: feedgauge.Before},
		} {
			b.tell(at, at, empty)
		}
		b.tell(epoch+2*minute, at, feedgauge.TopicMark{Topic: "b", Partitions: 1, Last: epoch, Retired: true})
		b.tell(epoch+2*minute, at, feedgauge.TopicMark{Topic: "c", Partitions: 1, Last: feedgauge.Before, Retired: true})
		if back {
			b.tell(epoch+5*minute, at, feedgauge.TopicMark{Topic: "b", Partitions: 1, Last: epoch})
		}
		for s := 5 * minute; s < 70*minute; s += 1000 {
			b.tell(epoch+s, epoch+s, feedgauge.TopicMark{Topic: "a", Partitions: 1, Last: epoch})
			if back {
				b.tell(epoch+s, epoch+s, feedgauge.TopicMark{Topic: "b", Partitions: 1, Last: epoch})
			}
		}
		if got := strings.Join(b.self, "; "); got != want {
			t.Errorf("back %t: told %q, want %q", back, got, want)
		}
	}
}

// Topics that come and go are not remembered forever, and one that is forgotten
// and that somebody still calls gone stays so.
func TestTopicsThatComeAndGoAreForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var meta []byte
	for i := range feedgauge.Instant(2000) {
		at := epoch + i*minute
		b.tell(at, at, feedgauge.TopicMark{Topic: fmt.Sprint("a-", i), Partitions: 6, Last: at})
		b.tell(at, at, feedgauge.TopicMark{Topic: fmt.Sprint("a-", i-1), Partitions: 6, Last: at, Retired: true})
		b.tell(at, at, feedgauge.TopicMark{Topic: "a-0", Partitions: 6, Retired: i > 0})
		for _, s := range b.Save() {
			if s.Key == watch.MetaKey {
				meta = s.Value
			}
		}
	}
	m, err := watch.DecodeMeta(meta)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(m.Topics()); n < 60 || n > 70 || len(meta) > 20_000 {
		t.Errorf("%d topics in %d bytes, an hour of them is to be remembered", n, len(meta))
	}
}

// A source of which no topic is ever named, or none is left, is told of, and over
// when there is one; so is intake, if it was never heard of.
func TestNoTopicIsTold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ticks := func(from, to feedgauge.Instant) {
		for at := epoch + from; at <= epoch+to; at += 10_000 {
			b.fold(at, feedgauge.Entry{Tick: true})
		}
	}
	ticks(0, 2*minute)
	b.tell(epoch+2*minute, epoch, feedgauge.TopicMark{Topic: "a", Partitions: 1})
	b.tell(epoch+3*minute, epoch, feedgauge.TopicMark{Topic: "a", Partitions: 1, Retired: true})
	for at := 3 * minute; at < 5*minute; at += 10_000 {
		b.fold(epoch+at, feedgauge.Entry{Trailer: &feedgauge.Trailer{}})
	}
	want := "open blind at 1m10s; open no_topic at 1m10s; close blind at 2m0s; close no_topic at 2m0s; open gone at 3m0s; open no_topic at 4m10s"
	if got := strings.Join(b.self, "; "); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

// Arrivals of a source are remembered for as long as its longest windows ask for
// them, in little room: a pause that is no outage need not be told from none.
func TestManyRunsTakeLittleRoom(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) {
		p.Sources[0].OutageAfter = time.Minute
		p.Classes[0].Every, p.Classes[0].Period, p.Classes[0].Settle = 24*time.Hour, 48*time.Hour, 48*time.Hour
	})
	largest := 0
	at := epoch
	for i := range 6 * 24 * 300 { // six days of an arrival each 12 s
		at += 12_000
		if i%3000 == 2999 {
			at += 10 * minute // and now and then an outage
		}
		b.until(at, feedgauge.Run{First: at, Last: at})
		if i%1000 != 0 {
			continue
		}
		for _, s := range b.Save() {
			if s.Key == watch.MetaKey {
				largest = max(largest, len(s.Value))
			}
		}
	}
	if largest > 4000 {
		t.Errorf("meta has up to %d bytes", largest)
	}
	if n := strings.Count(strings.Join(b.self, " "), "open outage"); n != 14 {
		t.Errorf("%d outages were told, want 14", n)
	}
}
