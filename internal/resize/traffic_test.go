package resize_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

const (
	feeds  = 30
	ticks  = 600 // seconds in which each feed sends once
	lanes  = 2
	settle = 3 * time.Minute // after the traffic, until what it causes is told
)

// The traffic comes in three parts: what the monitor reads before the resize,
// what only intake does, and the rest.
var parts = [][2]int{{0, 250}, {250, 320}, {320, ticks}}

// traffic is what lies in the raw topic. Later parts are written from the start,
// in transactions that are open as yet: so no lane looks idle.
type traffic struct {
	start   time.Time
	writers []*kgo.Client
	sent    []int64
}

// begin of the traffic of all monitors of this run of tests, since findings are
// named by their time.
var begin = time.Now().Add(-20 * time.Minute).Truncate(time.Minute)

func (s *stage) produce() {
	s.t.Helper()
	if _, err := s.adm.CreateTopic(s.t.Context(), lanes, 1, map[string]*string{}, "raw-1"); err != nil {
		s.t.Fatal(err)
	}
	tr := &traffic{start: begin}
	for i, part := range parts {
		cl, err := kafka.Dial(s.brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.TransactionalID(fmt.Sprint("raw-", i)), kgo.TransactionTimeout(10*time.Minute))
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(cl.Close)
		if err := cl.BeginTransaction(); err != nil {
			s.t.Fatal(err)
		}
		records := tr.records(part[0], part[1])
		if err := cl.ProduceSync(s.t.Context(), records...).FirstErr(); err != nil {
			s.t.Fatal(err)
		}
		tr.writers, tr.sent = append(tr.writers, cl), append(tr.sent, int64(len(records)))
	}
	s.traffic = tr
}

// records are those of some seconds. Feeds fall silent, shrink and break in
// stretches that end before, lie across and begin after the resize.
func (tr *traffic) records(from, to int) (out []*kgo.Record) {
	for i := from; i < to; i++ {
		for f := range feeds {
			value := `{"a":1}`
			begun := 90*(f/5) - 40 // of this feed's stretch
			if within := i >= begun && i < begun+110; within {
				switch {
				case f%5 == 1, f == 19: // 16 and 19, a group: found in the second part, over in the third
					continue
				case f%5 == 2:
					value = "not json"
				case f%5 == 3 && i%4 > 0:
					continue
				}
			}
			out = append(out, &kgo.Record{
				Topic: "raw-1", Partition: int32((i + f) % lanes), Key: fmt.Appendf(nil, "web-%02d", f), Value: []byte(value),
				Timestamp: tr.start.Add(time.Duration(i) * time.Second),
			})
		}
	}
	return out
}

// release lets a part be read.
func (s *stage) release(part int) {
	s.t.Helper()
	if err := s.traffic.writers[part].EndTransaction(s.t.Context(), kgo.TryCommit); err != nil {
		s.t.Fatal(err)
	}
}

// half runs the monitor on the first two parts, of which watch has not seen the
// second when it ends.
func (s *stage) half() {
	s.t.Helper()
	s.produce()
	s.release(0)
	stop := s.start()
	s.await("the first part to be judged", func() bool {
		return s.engine.Totals().Read == s.traffic.sent[0] && s.engine.Totals().Opened > 5
	})
	stop()
	s.release(1)
	stop = s.start("intake")
	s.await("the second part to be counted", func() bool { return s.engine.Totals().Read == s.traffic.sent[1] })
	stop()
}

// rest runs the monitor on the third part until all is told.
func (s *stage) rest() {
	s.t.Helper()
	s.release(2)
	stop := s.start()
	s.await("the rest to be judged", func() bool {
		return s.engine.Totals().Read == s.traffic.sent[2] && s.engine.Watermark() > s.end()
	})
	stop()
}

// end is the time up to which findings are compared.
func (s *stage) end() feedgauge.Instant {
	return feedgauge.InstantOf(s.traffic.start.Add(ticks*time.Second + settle))
}

// undisturbed is what a monitor tells that reads all at once.
func undisturbed(t *testing.T) map[string]string {
	t.Helper()
	s := newStage(t, embedded(t))
	s.produce()
	for i := range parts {
		s.release(i)
	}
	stop := s.start()
	s.await("all to be judged", func() bool { return s.engine.Watermark() > s.end() })
	stop()
	got := s.alerts()
	group := 0
	for key := range got {
		if strings.HasPrefix(key, "main/pair/silent/") {
			group++
		}
	}
	if len(got) < 30 || group < 2 {
		t.Fatalf("only %d steps of findings are told, %d of the group", len(got), group)
	}
	return got
}

// alerts returns the steps told up to the end, by uid and sequence.
func (s *stage) alerts() map[string]string {
	s.t.Helper()
	out := make(map[string]string)
	topic := s.pipe.Kafka.Topic(kafka.Alerts)
	// What a transaction wrote is seen only when its marker has come, which may
	// be after its end was confirmed.
	var ends map[feedgauge.Lane]kafka.End
	s.await("the alerts to be committed", func() bool {
		var err error
		if ends, err = kafka.Ends(s.t.Context(), s.adm, topic); err != nil {
			return false
		}
		for _, e := range ends {
			if e.Stable < e.High {
				return false
			}
		}
		return true
	})
	for lane, end := range ends {
		span := kafka.Span{Topic: topic, Partition: lane.Partition, From: end.Start, To: end.Stable}
		err := kafka.ReadPartition(s.t.Context(), s.brokers, span, func(r *kgo.Record) error {
			a, err := ocsf.Summarize(r.Value)
			if err != nil || strings.HasPrefix(string(r.Key), "self/") || a.Time > s.end() {
				return err
			}
			key := fmt.Sprintf("%s %d", r.Key, a.Sequence)
			if out[key] != "" {
				s.t.Errorf("told twice: %s", key)
			}
			out[key] = string(r.Value)
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return out
}

func (s *stage) compare(want map[string]string) {
	s.t.Helper()
	got := s.alerts()
	for key, w := range want {
		if g := got[key]; g != w {
			s.t.Errorf("%s\ntold %s\nwant %s", key, g, w)
		}
	}
	for key := range got {
		if want[key] == "" {
			s.t.Errorf("%s is told, but not by the undisturbed run", key)
		}
	}
}
