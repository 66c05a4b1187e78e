package sim

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// outcome is what a run left on the topics, and what it went through.
type outcome struct {
	told    map[string][]string // alerts and closed windows, by topic, partition and source, in order
	tallies map[tallyKey]*feedgauge.FeedTally
	states  []string // differences between the state topic and the journal
	totals  []string // processes that lost count
	story   []string
	counts  counts
}

type tallyKey struct {
	feed   feedgauge.FeedID
	window feedgauge.Window
}

// look reads what lies on the topics when a run is over.
func (o *outcome) look(r *run) error {
	k := r.pipe.Kafka
	names := []string{k.Topic(kafka.Alerts), k.Topic(kafka.History), k.Topic(kafka.Journal), k.Topic(kafka.State)}
	all, err := r.broker.read(r.ctx, names...)
	if err != nil {
		return err
	}
	until := feedgauge.InstantOf(r.start.Add(settled))
	o.told = make(map[string][]string)
	for p := range k.Partitions {
		o.alerts(all[names[0]][p], until)
		if err := o.history(all[names[1]][p], until); err != nil {
			return err
		}
		if err := o.state(r.pipe, p, all[names[2]][p], all[names[3]][p]); err != nil {
			return err
		}
	}
	o.count(r)
	return o.sum(all[names[2]])
}

// tell notes a record at its place.
func (o *outcome) tell(r *kgo.Record, feed, text string) {
	if strings.HasPrefix(feed, ordered) {
		return // depends on when the operator spoke
	}
	source := "raw"
	if strings.HasPrefix(feed, "other") {
		source = "other"
	}
	at := fmt.Sprintf("%s %d of source %s", r.Topic, r.Partition, source)
	o.told[at] = append(o.told[at], text)
}

func (o *outcome) alerts(records []*kgo.Record, until feedgauge.Instant) {
	for _, r := range records {
		i := slices.IndexFunc(r.Headers, func(h kgo.RecordHeader) bool { return h.Key == "ce_time" })
		at, err := time.Parse(time.RFC3339, string(r.Headers[i].Value))
		if key := string(r.Key); err == nil && feedgauge.InstantOf(at) <= until && !strings.HasPrefix(key, "self/") {
			_, feed, _ := strings.Cut(key, "/")
			o.tell(r, feed, key+" "+string(r.Value))
		}
	}
}

func (o *outcome) history(records []*kgo.Record, until feedgauge.Instant) error {
	for _, r := range records {
		c, err := journal.DecodeClosed(r.Value)
		if err != nil {
			return err
		}
		if c.Window.End <= until {
			o.tell(r, c.Feed.Name, fmt.Sprintf("%v %x", c.Feed, r.Value))
		}
	}
	return nil
}

// count looks at what the processes say they have read.
func (o *outcome) count(r *run) {
	for i, p := range r.processes {
		t := p.engine.Totals()
		sum := t.Accepted
		for _, n := range t.Rejected {
			sum += n
		}
		if t.Read != sum {
			o.totals = append(o.totals, fmt.Sprintf("process %d (%s) read %d, accepted and rejected %d", i, p.instance, t.Read, sum))
		}
	}
}

// sum adds up the tallies in the journal.
func (o *outcome) sum(records map[int32][]*kgo.Record) error {
	o.tallies = make(map[tallyKey]*feedgauge.FeedTally)
	for _, p := range records {
		for _, r := range p {
			e, _, err := journal.Decode(r.Value)
			if err != nil {
				return err
			}
			if e.Tally == nil {
				continue
			}
			for i := range e.Tally.Feeds {
				t := &e.Tally.Feeds[i]
				key := tallyKey{t.Feed, e.Tally.Window}
				if have := o.tallies[key]; have != nil {
					have.Merge(t)
				} else {
					o.tallies[key] = t
				}
			}
		}
	}
	return nil
}

// differences are what is wrong with a run, by oracle.
type differences struct{ a, s, c []string }

func (d *differences) any() bool { return len(d.a)+len(d.s)+len(d.c) > 0 }

// compare tells in what an outcome differs from that of the undisturbed run.
func (o *outcome) compare(want *outcome) (d differences) {
	for _, at := range slices.Sorted(maps.Keys(union(o.told, want.told))) {
		d.a = append(d.a, compareLists(at, o.told[at], want.told[at])...)
	}
	d.s = o.states
	d.c = slices.Clone(o.totals)
	for key := range union(o.tallies, want.tallies) {
		got, exp := o.tallies[key], want.tallies[key]
		if !bytes.Equal(encoded(key, got), encoded(key, exp)) {
			d.c = append(d.c, fmt.Sprintf("tally of %v in %v is %+v, not %+v", key.feed, key.window, got, exp))
		}
	}
	return d
}

// encoded is a tally as the journal holds it, with what is behind its pointers.
func encoded(key tallyKey, t *feedgauge.FeedTally) []byte {
	if t == nil {
		return nil
	}
	return journal.AppendFeed(nil, key.window.Start, t)
}

func union[K comparable, V any](a, b map[K]V) map[K]V {
	all := maps.Clone(a)
	if all == nil {
		all = make(map[K]V)
	}
	maps.Copy(all, b)
	return all
}

// compareLists tells what is missing, what is there too often, and whether the
// order differs.
func compareLists(at string, got, want []string) (diffs []string) {
	if slices.Equal(got, want) {
		return nil
	}
	balance := make(map[string]int)
	for _, s := range got {
		balance[s]++
	}
	for _, s := range want {
		balance[s]--
	}
	for _, s := range slices.Sorted(maps.Keys(balance)) {
		if n := balance[s]; n != 0 {
			diffs = append(diffs, fmt.Sprintf("%s: %+d times %s", at, n, s))
		}
	}
	if diffs == nil {
		diffs = []string{at + ": in another order"}
	}
	return diffs
}

// equalBytes reports in words how two encoded states differ, "" if they do not.
func equalBytes(got, want []byte) string {
	switch {
	case bytes.Equal(got, want):
		return ""
	case got == nil:
		return "is missing"
	case want == nil:
		return "is not in the journal"
	}
	return fmt.Sprintf("is %x, not %x", got, want)
}
