package engine_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// replays folds a journal again from its beginning, once in one go and once cut
// into transactions of which some are dropped, and compares with the alerts that
// lie in the topic, partition by partition, byte for byte, in their order.
func replays(t *testing.T, r *killRun, a *told) {
	p := load(t, configure(t, killConfig, "RULES", killRules, "BROKER", r.brokers[0], "PREFIX", a.prefix, "INSTANCE", "replay"))
	for k := range p.Kafka.Partitions {
		var want []byte
		for _, rec := range a.order {
			if rec.Partition == k {
				want = append(append(want, rec.Value...), '\n')
			}
		}
		entries := journalOf(t, a.journal, k)
		whole := &replay{t: t, pipe: p, index: k, entries: entries}
		whole.run(func() int { return len(entries) }, func() bool { return false })
		cut := &replay{t: t, pipe: p, index: k, entries: entries}
		asked := 0
		cut.run(func() int { return 1 + r.rng.IntN(len(entries)/8+1) }, func() bool {
			asked++
			return asked%5 == 3 || r.rng.IntN(3) == 0 // some in any case
		})
		if !bytes.Equal(whole.alerts, want) {
			t.Errorf("partition %d: a replay tells otherwise than the monitor did:\n%s", k, differs(want, whole.alerts))
		}
		if !bytes.Equal(cut.alerts, want) {
			t.Errorf("partition %d: a replay with %d restores tells otherwise:\n%s", k, cut.restores, differs(want, cut.alerts))
		}
	}
}

func journalOf(t *testing.T, records []*kgo.Record, k int32) []feedgauge.Entry {
	t.Helper()
	var out []feedgauge.Entry
	for _, rec := range records {
		if rec.Partition != k {
			continue
		}
		e, _, err := journal.Decode(rec.Value)
		if err != nil {
			t.Fatal(err)
		}
		e.Offset, e.Time = rec.Offset, feedgauge.InstantOf(rec.Timestamp)
		out = append(out, e)
	}
	return out
}

// replay is a fold of one journal partition with nothing but its state kept.
type replay struct {
	t        *testing.T
	pipe     *pipeline.Pipeline
	index    int32
	entries  []feedgauge.Entry
	state    map[string][]byte
	alerts   []byte
	restores int
}

// run folds all entries in transactions of a size; after some, all that is in
// memory is lost, before or after they are committed.
func (r *replay) run(size func() int, lose func() bool) {
	r.state = make(map[string][]byte)
	fold := r.restore(0)
	for done := 0; done < len(r.entries); {
		n := min(size(), len(r.entries)-done)
		var told []byte
		for i := range n {
			fold.Fold(&r.entries[done+i], watch.Out{Step: func(s *feedgauge.Step, _ bool) { told = append(r.encode(told, s), '\n') }})
		}
		saved := fold.Save()
		if lose() {
			fold = r.restore(done)
			r.restores++
			continue
		}
		for _, s := range saved {
			r.state[s.Key] = slices.Clone(s.Value)
		}
		r.alerts = append(r.alerts, told...)
		done += n
		if lose() {
			fold = r.restore(done)
			r.restores++
		}
	}
}

func (r *replay) encode(b []byte, s *feedgauge.Step) []byte {
	b, err := ocsf.Encode(b, s, ocsf.Options{Product: "dev", LogName: r.pipe.Kafka.Topic("alerts")})
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

// restore builds the fold as of the first n entries.
func (r *replay) restore(n int) *watch.Partition {
	fold, err := watch.Restore(r.pipe, r.index, maps.Clone(r.state), 0)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range n {
		if e := &r.entries[i]; e.Offset >= fold.Next() {
			fold.Fold(e, watch.Out{})
		}
	}
	return fold
}

// differs shows the first line in which two texts differ.
func differs(want, got []byte) string {
	w, g := bytes.Split(want, []byte{'\n'}), bytes.Split(got, []byte{'\n'})
	for i := range min(len(w), len(g)) {
		if !bytes.Equal(w[i], g[i]) {
			return "want " + string(w[i]) + "\ngot  " + string(g[i])
		}
	}
	return "one of them ends early"
}
