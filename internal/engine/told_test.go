package engine_test

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// told is what a monitor wrote in the end.
type told struct {
	prefix  string
	journal []*kgo.Record
	tallies int // feeds in tally records
	feeds   map[feedgauge.FeedID]feedgauge.Counts
	alerts  map[string][][]byte // by finding, in order
	history map[string][][]byte // by feed, in order, up to the horizon
	windows int                 // in history
	order   []*kgo.Record       // alerts as they lie in the topic
	twice   []string            // event uids seen more than once
}

func (r *killRun) told(prefix string) *told {
	r.t.Helper()
	out := &told{
		prefix: prefix, feeds: make(map[feedgauge.FeedID]feedgauge.Counts),
		alerts: make(map[string][][]byte), history: make(map[string][][]byte),
	}
	out.journal = r.read(prefix + "." + kafka.Journal)
	for _, rec := range out.journal {
		out.count(r.t, rec)
	}
	seen := make(map[string]bool)
	out.order = ofFeeds(r.t, r.read(prefix+"."+kafka.Alerts))
	for _, rec := range out.order {
		s := summary(r.t, rec)
		if s.Time > r.horizon {
			r.t.Fatalf("an alert lies behind the horizon: %s", rec.Value)
		}
		uid := ocsf.EventUID(s.UID, s.Sequence)
		if seen[uid] {
			out.twice = append(out.twice, fmt.Sprintf("%s#%d", s.UID, s.Sequence))
		}
		seen[uid] = true
		out.alerts[s.UID] = append(out.alerts[s.UID], normal(rec.Value, prefix))
	}
	for _, rec := range r.read(prefix + "." + kafka.History) {
		w, err := journal.DecodeClosed(rec.Value)
		if err != nil {
			r.t.Fatal(err)
		}
		if w.Window.End <= r.horizon {
			out.windows++
			out.history[string(rec.Key)] = append(out.history[string(rec.Key)], rec.Value)
		}
	}
	return out
}

// ofFeeds leaves out what a monitor tells of itself: that is timed by the
// broker, and no two runs tell the same.
func ofFeeds(t *testing.T, alerts []*kgo.Record) []*kgo.Record {
	t.Helper()
	return slices.DeleteFunc(alerts, func(r *kgo.Record) bool { return summary(t, r).Tenant == pipeline.Self })
}

// normal takes the topic's own name out of an alert.
func normal(value []byte, prefix string) []byte {
	return bytes.Replace(value, []byte(`"log_name":"`+prefix+`.alerts"`), []byte(`"log_name":""`), 1)
}

// count adds up the tallies of a journal record.
func (o *told) count(t *testing.T, rec *kgo.Record) {
	t.Helper()
	if rec.Attrs.TimestampType() != 1 {
		t.Fatalf("a journal record is not stamped by the broker")
	}
	e, _, err := journal.Decode(rec.Value)
	if err != nil {
		t.Fatal(err)
	}
	if e.Tally == nil {
		return
	}
	for _, f := range e.Tally.Feeds {
		o.tallies++
		c := o.feeds[f.Feed]
		c.Merge(&f.Counts)
		o.feeds[f.Feed] = c
	}
}

// compareTallies compares what was counted with what was produced.
func compareTallies(t *testing.T, what string, want *traffic, got *told) {
	t.Helper()
	wrong := 0
	for id, w := range want.feeds {
		g := got.feeds[id]
		delayed := g.Delayed
		g.Events, g.Delayed, g.Errors = g.Arrivals(), 0, bare(g.Errors)
		if !reflect.DeepEqual(g, w) {
			if wrong++; wrong <= 5 {
				t.Errorf("%s: %v counted as %+v, want %+v", what, id, g, w)
			}
		}
		want.delayed += delayed
	}
	for id := range got.feeds {
		if _, ok := want.feeds[id]; !ok {
			t.Errorf("%s: counts %v, which sent nothing", what, id)
		}
	}
	if wrong > 0 {
		t.Errorf("%s: %d of %d feeds are wrong", what, wrong, len(want.feeds))
	}
}

// bare returns how many errors there are for each reason, without the first of
// each and a sample of it: the maker of the traffic keeps none. That these are the
// same however the monitor is disturbed shows in the findings.
func bare(all feedgauge.Errors) (out feedgauge.Errors) {
	for _, e := range all {
		e.First, e.Sample = feedgauge.After, ""
		out = append(out, e)
	}
	return out
}

// plentiful fails if there was little to find: then the comparison shows little.
func plentiful(t *testing.T, a *told) {
	t.Helper()
	rules := make(map[string]int)
	for _, rec := range a.order {
		s := summary(t, rec)
		rules[fmt.Sprintf("%s %s", s.Rule, s.Activity)]++
	}
	for _, rule := range []string{"silent", "short", "empty", "malformed"} {
		if rules[rule+" open"] < 50 || rules[rule+" close"] < 50 {
			t.Errorf("only %d findings of %q were opened and %d closed", rules[rule+" open"], rule, rules[rule+" close"])
		}
	}
	t.Logf("steps of findings: %v", rules)
}

// compareTold compares two runs' sequences by key.
func compareTold(t *testing.T, what string, a, b map[string][][]byte) {
	t.Helper()
	wrong := 0
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if reflect.DeepEqual(a[key], b[key]) {
			continue
		}
		if wrong++; wrong <= 3 {
			t.Errorf("%s of %q differ: undisturbed %d, disturbed %d\n%s", what, key, len(a[key]), len(b[key]), firstDifference(a[key], b[key]))
		}
	}
	if wrong > 0 {
		t.Errorf("%s of %d of %d differ", what, wrong, len(keys))
	}
}

func firstDifference(a, b [][]byte) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return fmt.Sprintf("too much: %q", b[i])
		case i >= len(b):
			return fmt.Sprintf("missing: %q", a[i])
		case !bytes.Equal(a[i], b[i]):
			return fmt.Sprintf("undisturbed: %q\ndisturbed:   %q", a[i], b[i])
		}
	}
	return ""
}
