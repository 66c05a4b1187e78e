package watch_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// Any cutting of the raw records into tallies, any assignment of lanes to
// workers, any interleaving of their trailers, any batching, any save and
// restore gives the same findings byte for byte.
func TestFoldIsTheSameHoweverItIsCut(t *testing.T) {
	t.Parallel()
	p := testPipeline(t)
	rapid.Check(t, func(t *rapid.T) {
		traffic := drawTraffic(t)
		want := foldAll(t, p, traffic.journal(t, p, undisturbed{}))
		got := foldAll(t, p, traffic.journal(t, p, disturbed{t}))
		for k := range want {
			compare(t, k, "findings", got[k].findings, want[k].findings)
			compare(t, k, "history", got[k].history, want[k].history)
		}
	})
}

func compare(t *rapid.T, k int, what string, got, want map[string][]byte) {
	for _, source := range []string{"raw", "other"} {
		if !bytes.Equal(got[source], want[source]) {
			g, w := strings.Split(string(got[source]), "\n"), strings.Split(string(want[source]), "\n")
			at := 0
			for at < len(g) && at < len(w) && g[at] == w[at] {
				at++
			}
			t.Fatalf("%s of source %q in partition %d, line %d of %d and %d:\n%s\nundisturbed:\n%s",
				what, source, k, at, len(g), len(w), strings.Join(g[at:min(at+2, len(g))], "\n"), strings.Join(w[at:min(at+2, len(w))], "\n"))
		}
	}
}

// The generator must not be so tame that nothing is ever found.
func TestTrafficFindsSomething(t *testing.T) {
	t.Parallel()
	p := testPipeline(t)
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range foldAll(t, p, drawTraffic(t).journal(t, p, undisturbed{})) {
			for _, rule := range []string{"silent", "empty", "short", "malformed", "never_seen", "outage", "few", "thin", "high", "partial", "duplicate", "truncated", "incomplete", "surplus"} {
				seen[rule] += bytes.Count(append(r.findings["raw"], r.findings["other"]...), []byte(mark(rule)))
			}
		}
	})
	for _, rule := range []string{"silent", "empty", "short", "malformed", "never_seen", "outage", "few", "thin", "high", "partial", "duplicate", "truncated", "incomplete", "surplus"} {
		if seen[rule] < 5 {
			t.Errorf("rule %q found something only %d times", rule, seen[rule])
		}
	}
}

// mark is what shows that a rule found something, or that a delivery is of a kind.
func mark(what string) string {
	if slices.Contains([]string{"duplicate", "truncated", "incomplete", "surplus"}, what) {
		return "Message:" + what + " "
	}
	return "Rule:" + what
}

const (
	start = feedgauge.Instant(1_700_000_000_000)
	end   = start + 600_000
)

func testPipeline(t *testing.T) *pipeline.Pipeline {
	t.Helper()
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Prefix: "feedgauge", Partitions: 3},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "a", "b"), pipelinetest.Source("other", "c")},
		Classes: []*pipeline.Class{
			pipelinetest.Class(t, "quick", "raw", "quick-*", 10*time.Second, 4*time.Second, 25*time.Second),
			pipelinetest.Class(t, "slow", "raw", "slow-*", 30*time.Second, 0, 30*time.Second),
			pipelinetest.Class(t, "other", "other", "*", 20*time.Second, 7*time.Second, 40*time.Second),
		},
		Feeds: make(map[feedgauge.FeedID]*pipeline.Feed),
		Groups: []*pipeline.Group{{
			Name: "pair", Tenant: "main", Need: 1,
			Members: []feedgauge.FeedID{{Tenant: "main", Name: "quick-3"}, {Tenant: "main", Name: "quick-4"}},
		}},
	}
	for name, class := range map[string]string{"quick-3": "quick", "quick-4": "quick", "slow-9": "slow", "x": "other", "z": "other"} {
		id := feedgauge.FeedID{Tenant: "main", Name: name}
		p.Feeds[id] = &pipeline.Feed{ID: id, Class: class}
	}
	p.Sources[1].OutageAfter = 30 * time.Second
	p.Classes[1].RetireAfter = 90 * time.Second
	for _, c := range p.Classes {
		drifting, err := rules.Drifting().Build([]string{rules.Lines}, true)
		if err != nil {
			t.Fatal(err)
		}
		few, err := (rules.Config{Name: "few", When: "window.measures.kinds == 1 && window.measures.big > 0", For: 1, Clear: 1, Severity: "low"}).
			Build([]string{rules.Own + "kinds", rules.Own + "big"}, false)
		if err != nil {
			t.Fatal(err)
		}
		thin, err := (rules.Config{Name: "thin", When: "window.measures.kinds > 0 && window.measures.kinds < forecast.kinds.lower && window.bytes < forecast.bytes.expected", For: 1, Clear: 1, Severity: "low"}).
			Build([]string{"bytes", rules.Own + "kinds", rules.Forecast + "kinds", rules.Forecast + "bytes"}, false)
		if err != nil {
			t.Fatal(err)
		}
		partial, err := (rules.Config{Name: "partial", When: `delivery.kind != ""`, Say: "{delivery.kind} {delivery.text}", For: 1, Clear: 1, Severity: "low"}).
			Build([]string{rules.Delivery}, false)
		if err != nil {
			t.Fatal(err)
		}
		c.Whole, c.Delivery = true, &pipeline.Delivery{Name: "file", Lines: "lines"}
		c.Learn, c.Rules = true, append(c.Rules, drifting, few, thin, partial)
		c.Others = []pipeline.MeasureForecast{{Measure: "bytes", Forecaster: c.Forecaster}, {Measure: "kinds", Forecaster: c.Forecaster}}
		c.Measures = []measure.Config{
			{Name: "big", When: "event.a >= 2"}, {Name: "kinds", Distinct: "event.a"}, {Name: "sum", Sum: "double(event.a) / 3.0"},
		}
	}
	judgedBy(t, p.Classes[2])
	p.Classes[2].Settle, p.Classes[2].Late = 20*time.Second, 30*time.Second
	return p
}

// judgedBy gives a class forecasts that judge by themselves.
func judgedBy(t *testing.T, c *pipeline.Class) {
	t.Helper()
	high, err := rules.Judged("events", "kinds", "bytes")[3].Build([]string{rules.Forecast + "kinds", rules.Forecast + "bytes"}, true)
	if err != nil {
		t.Fatal(err)
	}
	c.Forecaster, c.Forecast, c.Rules = leaps{}, "leaps", append(c.Rules, high)
	for i := range c.Others {
		c.Others[i].Forecaster = leaps{}
	}
}

// leaps makes models for which a window is too high that holds more than twice what
// the one before did.
type leaps struct{}

func (leaps) New() feedgauge.Model { return &leap{} }

type leap struct {
	last float64
	n    byte
}

func (l *leap) Expect(feedgauge.Window) feedgauge.Forecast {
	return feedgauge.Forecast{Expected: l.last, Upper: 2 * l.last, Ready: l.n > 1}
}
func (l *leap) Learn(w feedgauge.Window, v float64)  { l.Judge(w, v) }
func (l *leap) Accept(_ feedgauge.Window, v float64) { l.last = v }
func (l *leap) Note(feedgauge.Word)                  {}
func (l *leap) Append(b []byte) []byte {
	return binary.BigEndian.AppendUint64(append(b, l.n), math.Float64bits(l.last))
}

func (l *leap) Load(b []byte) error {
	if len(b) != 9 {
		return errors.New("no leap")
	}
	l.n, l.last = b[0], math.Float64frombits(binary.BigEndian.Uint64(b[1:]))
	return nil
}

func (l *leap) Judge(w feedgauge.Window, v float64) feedgauge.Forecast {
	f := l.Expect(w)
	if f.Ready && v > f.Upper {
		f.Anomaly = feedgauge.Anomaly{Kind: feedgauge.StatusHigh, Side: feedgauge.SideHigh, FirstBad: w.Start, Reason: fmt.Sprintf("%v after %v", v, l.last)}
	}
	l.last, l.n = v, min(l.n+1, 2)
	return f
}

// traffic is what lies in the raw topics before the monitor starts.
type traffic struct {
	lanes   []feedgauge.Lane
	records map[feedgauge.Lane][]feedgauge.Record
}

func sourceOf(l feedgauge.Lane) string {
	if l.Topic == "c" {
		return "other"
	}
	return "raw"
}

func drawTraffic(t *rapid.T) *traffic {
	tr := &traffic{
		lanes:   []feedgauge.Lane{{Topic: "a"}, {Topic: "a", Partition: 1}, {Topic: "b"}, {Topic: "c"}},
		records: make(map[feedgauge.Lane][]feedgauge.Record),
	}
	values := [][]byte{[]byte(`{"a":1}`), []byte(`{"a":2}`), []byte(`{"a":3}`), []byte(`{"a":`), []byte(" \n"), nil}
	headers := make(map[int][]feedgauge.Header) // what a few records announce
	for i := range 8 {
		headers[i] = []feedgauge.Header{{Key: "file", Value: []byte{'a' + byte(i/2)}}, {Key: "lines", Value: []byte{'1' + byte(i)}}}
	}
	for _, l := range tr.lanes {
		names := []string{"quick-1", "quick-2", "slow-1", "slow-2", "quick-3", "quick-4"}
		if l.Topic == "c" {
			names = []string{"x", "y"}
		}
		now := start
		n := rapid.IntRange(0, 120).Draw(t, "records")
		for offset := range n {
			if offset > 0 && rapid.IntRange(0, 40).Draw(t, "pause") == 0 {
				now += feedgauge.Instant(rapid.Int64Range(0, 80_000).Draw(t, "length"))
			}
			now = min(end-10_000, now+feedgauge.Instant(rapid.Int64Range(0, 6_000).Draw(t, "step")))
			stamp := now
			switch rapid.IntRange(0, 30).Draw(t, "oddity") {
			case 0:
				stamp -= feedgauge.Instant(rapid.Int64Range(0, 20_000).Draw(t, "late"))
			case 1:
				stamp = 4_070_908_800_000 // the year 2099
			}
			tr.records[l] = append(tr.records[l], feedgauge.Record{
				Topic: l.Topic, Partition: l.Partition, Offset: int64(offset), Time: stamp,
				Key:     []byte(rapid.SampledFrom(names).Draw(t, "feed")),
				Value:   values[min(len(values)-1, rapid.IntRange(0, 12).Draw(t, "value")/2)],
				Control: rapid.IntRange(0, 50).Draw(t, "control") == 0,
				Headers: headers[rapid.IntRange(0, 40).Draw(t, "headers")],
			})
		}
	}
	return tr
}

// chance decides what goes wrong and when.
type chance interface {
	workers() int
	pick(n int) int            // which lane delivers next
	often(one, in int) bool    // whether something happens that does one time in so many
	broker() feedgauge.Instant // the broker's time for the next journal record
	batch(left int) (n int)    // how many journal records are folded in one transaction
	firings() int              // how many may happen in one transaction
	order(n int) []int         // in which order workers write
}

type undisturbed struct{}

func (undisturbed) workers() int              { return 1 }
func (undisturbed) pick(int) int              { return 0 }
func (undisturbed) often(int, int) bool       { return false }
func (undisturbed) broker() feedgauge.Instant { return end + 5_000 }
func (undisturbed) batch(left int) int        { return left }
func (undisturbed) firings() int              { return -1 }
func (undisturbed) order(n int) []int         { return seq(n) }

type disturbed struct{ t *rapid.T }

func (d disturbed) workers() int           { return rapid.IntRange(1, 3).Draw(d.t, "workers") }
func (d disturbed) pick(n int) int         { return rapid.IntRange(0, n-1).Draw(d.t, "lane") }
func (d disturbed) often(one, in int) bool { return rapid.IntRange(1, in).Draw(d.t, "often") <= one }
func (d disturbed) broker() feedgauge.Instant {
	return feedgauge.Instant(rapid.Int64Range(int64(start), int64(end)+5_000).Draw(d.t, "broker"))
}
func (d disturbed) batch(left int) int { return rapid.IntRange(1, left).Draw(d.t, "batch") }
func (d disturbed) firings() int {
	return rapid.SampledFrom([]int{-1, 1, 2, 5, 30}).Draw(d.t, "firings")
}
func (d disturbed) order(n int) []int { return rapid.Permutation(seq(n)).Draw(d.t, "order") }

func seq(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// written is one journal as records, with how it is to be folded.
type written struct {
	chance  chance
	entries []entry // by offset, which has holes where markers lie
}

type entry struct {
	offset int64
	time   feedgauge.Instant
	value  []byte
}

// journal runs intake over the traffic and returns the journal of each
// partition.
func (tr *traffic) journal(t *rapid.T, p *pipeline.Pipeline, c chance) []*written {
	r := &intakeRun{t: t, p: p, c: c, traffic: tr, offsets: make(map[feedgauge.Lane]intake.Memory)}
	for range p.Kafka.Partitions {
		r.out = append(r.out, &written{chance: c})
	}
	for _, l := range tr.lanes {
		r.offsets[l] = intake.Memory{Lane: count.NewLane()}
	}
	r.join()
	for r.step() {
		switch {
		case c.often(1, 8):
			r.commit(false)
		case c.often(1, 40):
			r.drop()
		case c.often(1, 60):
			r.join()
		}
	}
	r.commit(true)
	return r.out
}

// intakeRun is a group of workers over the raw topics.
type intakeRun struct {
	t       *rapid.T
	p       *pipeline.Pipeline
	c       chance
	traffic *traffic
	offsets map[feedgauge.Lane]intake.Memory // committed
	members []*intake.Intake
	owner   map[feedgauge.Lane]int
	at      map[feedgauge.Lane]int64
	out     []*written
}

// join forgets everything uncommitted and deals the lanes out anew.
func (r *intakeRun) join() {
	r.members = nil
	for i := range r.c.workers() {
		in, err := intake.New(r.p, fmt.Sprintf("w%d", i))
		if err != nil {
			r.t.Fatal(err)
		}
		in.SetPartitions("raw", "a", 2)
		in.SetPartitions("raw", "b", 1)
		in.SetPartitions("other", "c", 1)
		r.members = append(r.members, in)
	}
	r.owner, r.at = make(map[feedgauge.Lane]int), make(map[feedgauge.Lane]int64)
	for _, l := range r.traffic.lanes {
		r.owner[l] = r.c.pick(len(r.members))
		m := r.offsets[l]
		m = intake.ParseMemory(m.Position, m.Text())
		r.members[r.owner[l]].Own(sourceOf(l), l, m)
		r.at[l] = m.Position
	}
}

func (r *intakeRun) step() bool {
	var ready []feedgauge.Lane
	for _, l := range r.traffic.lanes {
		if r.at[l] < int64(len(r.traffic.records[l])) {
			ready = append(ready, l)
		}
	}
	if len(ready) == 0 {
		return false
	}
	l := ready[r.c.pick(len(ready))]
	rec := r.traffic.records[l][r.at[l]]
	if !r.members[r.owner[l]].Add(&rec, end) {
		r.t.Fatalf("lane %v is not owned", l)
	}
	r.at[l]++
	return true
}

func (r *intakeRun) drop() {
	for _, in := range r.members {
		in.Drop()
		for _, l := range in.Lanes() {
			m, _ := in.Memory(l)
			r.at[l] = m.Position
		}
	}
}

// commit lets some or all workers write what they have.
func (r *intakeRun) commit(all bool) {
	var ends []feedgauge.LaneEnd
	for _, l := range r.traffic.lanes {
		n := int64(len(r.traffic.records[l]))
		ends = append(ends, feedgauge.LaneEnd{Lane: l, High: n, Stable: n})
	}
	for _, i := range r.c.order(len(r.members)) {
		if !all && r.c.often(1, 3) {
			continue
		}
		in := r.members[i]
		if all || r.c.often(1, 2) {
			if all {
				r.write(in, false) // lanes that just delivered keep their own watermark
			}
			in.Ends(end, ends)
		}
		r.write(in, all || r.c.often(1, 3))
	}
}

func (r *intakeRun) write(in *intake.Intake, everywhere bool) {
	trailer := journal.AppendTrailer(nil, in.Trailer())
	tallies := in.Tallies()
	everywhere = everywhere || in.Everywhere()
	for k := range r.p.Kafka.Partitions {
		w := r.out[k]
		for i := range tallies[k] {
			for _, rec := range journal.AppendTally(nil, &tallies[k][i], 200) {
				w.append(rec)
			}
		}
		if everywhere || len(tallies[k]) > 0 {
			w.append(trailer)
		}
		if r.c.often(1, 10) {
			w.append(journal.AppendTick(nil))
		}
	}
	for _, l := range in.Lanes() {
		r.offsets[l], _ = in.Memory(l)
	}
	in.Commit()
}

func (w *written) append(rec []byte) {
	offset := int64(0)
	if n := len(w.entries); n > 0 {
		offset = w.entries[n-1].offset + 1
	}
	if w.chance.often(1, 4) {
		offset++ // a transaction marker
	}
	w.entries = append(w.entries, entry{offset: offset, time: w.chance.broker(), value: rec})
}

// result is what a partition told, by source: within a source the whole
// sequence is fixed, but sources have clocks of their own.
type result struct{ findings, history map[string][]byte }

func newResult() result {
	return result{findings: make(map[string][]byte), history: make(map[string][]byte)}
}

func (r result) add(o result) {
	for source, b := range o.findings {
		r.findings[source] = append(r.findings[source], b...)
	}
	for source, b := range o.history {
		r.history[source] = append(r.history[source], b...)
	}
}

// foldAll folds each partition's journal, in transactions, some of which abort,
// with a restore after each abort.
func foldAll(t *rapid.T, p *pipeline.Pipeline, journals []*written) []result {
	var out []result
	for k, w := range journals {
		w.append(journal.AppendTick(nil))
		w.entries[len(w.entries)-1].time = end + 5_000
		out = append(out, w.fold(t, p, int32(k)))
	}
	return out
}

func (w *written) fold(t *rapid.T, p *pipeline.Pipeline, k int32) result {
	state := make(map[string][]byte)
	committed := newResult()
	var offset int64 // committed
	part := w.restore(t, p, k, state, offset)
	for i := 0; i < len(w.entries); {
		n := w.chance.batch(len(w.entries) - i)
		r := newResult()
		part.Allow(w.chance.firings())
		n = w.foldSome(t, part, i, n, r)
		saved := part.Save()
		if w.chance.often(1, 5) { // abort: nothing of it has happened
			part = w.restore(t, p, k, state, offset)
			continue
		}
		for _, s := range saved {
			keep(state, s)
		}
		committed.add(r)
		i += n
		offset = part.Next()
		for part.More() && w.chance.often(1, 2) { // in a transaction of its own
			part.Allow(w.chance.firings())
			part.Resume(committed.out())
			for _, s := range part.Save() {
				keep(state, s)
			}
		}
		if w.chance.often(1, 4) {
			part = w.restore(t, p, k, state, offset)
		}
	}
	part.Allow(-1)
	if part.More() {
		part.Resume(committed.out())
	}
	return committed
}

// foldSome folds up to n entries from entry i on, as far as firings allow, and
// returns how many. What is due of an entry before comes first.
func (w *written) foldSome(t *rapid.T, part *watch.Partition, i, n int, r result) int {
	if part.More() {
		part.Resume(r.out())
	}
	for folded := range n {
		if part.More() {
			return folded
		}
		part.Fold(decode(t, w.entries[i+folded]), r.out())
	}
	return n
}

// keep does to the state what compaction does.
func keep(state map[string][]byte, s watch.Saved) {
	if s.Value == nil {
		delete(state, s.Key)
		return
	}
	state[s.Key] = slices.Clone(s.Value)
}

func (w *written) restore(t *rapid.T, p *pipeline.Pipeline, k int32, state map[string][]byte, committed int64) *watch.Partition {
	part, err := watch.Restore(p, k, state, 0)
	if err != nil {
		t.Fatal(err)
	}
	from := part.Next()
	if from > committed {
		t.Fatalf("folds again from %d, committed is %d", from, committed)
	}
	for _, e := range w.entries {
		if e.offset >= from && e.offset < committed {
			part.Fold(decode(t, e), watch.Out{})
		}
	}
	if !part.More() {
		part.Skip(committed - 1)
	}
	return part
}

func (r result) out() watch.Out {
	return watch.Out{
		Step: func(s *feedgauge.Step, _ bool) {
			if s.Rule == "blind" || s.Rule == "held" {
				return // timed by the broker
			}
			r.findings[s.Source] = fmt.Appendf(r.findings[s.Source], "%+v\n", *s)
		},
		Closed: func(c *feedgauge.Closed) {
			source := "raw"
			if len(c.Feed.Name) == 1 {
				source = "other"
			}
			r.history[source] = fmt.Appendf(r.history[source], "%+v\n", *c)
		},
	}
}

func decode(t *rapid.T, e entry) *feedgauge.Entry {
	d, _, err := journal.Decode(e.value)
	if err != nil {
		t.Fatal(err)
	}
	d.Offset, d.Time = e.offset, e.time
	return &d
}
