package intake

import (
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/count"
)

func special(t *testing.T, change func(*pipeline.Pipeline)) *Intake {
	t.Helper()
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Partitions: 1},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-1")},
		Classes: []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "*", time.Minute, 0, 0)},
		Feeds:   map[feedgauge.FeedID]*pipeline.Feed{},
	}
	change(p)
	in, err := New(p, "w-0")
	if err != nil {
		t.Fatal(err)
	}
	in.Own("raw", lane0, Memory{Lane: count.NewLane()})
	return in
}

func names(in *Intake) string {
	var out []string
	for _, t := range in.Tallies()[0] {
		for _, f := range t.Feeds {
			out = append(out, f.Feed.Name)
		}
	}
	return strings.Join(out, " ")
}

// Feeds above the bound are counted together; known ones and those of the
// inventory are unharmed.
func TestOverflow(t *testing.T) {
	t.Parallel()
	in := special(t, func(p *pipeline.Pipeline) {
		p.Sources[0].MaxFeeds = 2
		id := feedgauge.FeedID{Tenant: "main", Name: "listed"}
		p.Feeds[id] = &pipeline.Feed{ID: id, Class: "web"}
	})
	for i, name := range []string{"a", "b", "c", "d", "a", "listed", "b"} {
		in.Add(record(int64(i), name, good, now), now)
	}
	if got := names(in); got != "(overflow) a b listed" {
		t.Errorf("feeds %q", got)
	}
	for _, f := range in.Tallies()[0][0].Feeds {
		if want := map[string]int64{"(overflow)": 2, "a": 2, "b": 2, "listed": 1}[f.Feed.Name]; f.Counts.Events != want {
			t.Errorf("%s has %d events, want %d", f.Feed.Name, f.Counts.Events, want)
		}
	}
	in.Know("raw", feedgauge.FeedID{Tenant: "main", Name: "c"}) // as after a restart: one that is watched keeps its place
	in.Know("raw", feedgauge.FeedID{Tenant: "main", Name: "a"})
	in.Drop()
	for i, name := range []string{"c", "d", "a"} {
		in.Add(record(int64(7+i), name, good, now), now)
	}
	if got := names(in); got != "(overflow) a c" {
		t.Errorf("feeds %q", got)
	}
	c := in.pipe.Classify("raw", feedgauge.FeedID{Tenant: "main", Name: pipeline.Overflow})
	if len(c.Rules) != 1 || c.Rules[0].Name() != "overflow" {
		t.Errorf("class of the overflow: %+v", c)
	}
}

type bomb struct{}

func (bomb) Check(r *feedgauge.Record) feedgauge.Verdict {
	if string(r.Value) == "boom" {
		panic("boom")
	}
	return feedgauge.Verdict{Lines: 1}
}

// A record that the check cannot bear is put aside and counted; the lane goes on.
func TestDeadLetter(t *testing.T) {
	t.Parallel()
	in := special(t, func(p *pipeline.Pipeline) {
		p.Classes[0].Checker = func() (feedgauge.Checker, error) { return bomb{}, nil }
	})
	in.Add(record(0, "a", "fine", now), now)
	in.Add(record(1, "a", "boom", now), now)
	in.Add(record(2, "a", "fine", now), now)
	dead := in.Dead()
	if len(dead) != 1 || string(dead[0].Record.Value) != "boom" || dead[0].Record.Offset != 1 || dead[0].Why != "boom" {
		t.Errorf("dead %+v", dead)
	}
	read := in.Commit()
	if read.Records != 3 || read.Accepted != 2 || read.Rejected[feedgauge.DeadLetter] != 1 || len(in.Dead()) != 0 {
		t.Errorf("read %+v", read)
	}
}

func TestDeliveriesAnnounced(t *testing.T) {
	t.Parallel()
	in := special(t, func(p *pipeline.Pipeline) {
		p.Classes[0].Delivery = &pipeline.Delivery{Name: "file", Bytes: "size", Lines: "lines"}
	})
	r := record(0, "a", good, now)
	r.Headers = []feedgauge.Header{{Key: "file", Value: []byte("x.log")}, {Key: "size", Value: []byte(" 900 ")}, {Key: "lines", Value: []byte("ten")}}
	in.Add(r, now)
	in.Add(record(1, "a", good, now), now)
	c := in.Tallies()[0][0].Feeds[0].Counts
	if c.Deliveries != 1 || c.DeclaredBytes != 900 || c.DeclaredLines != 0 || c.Events != 2 {
		t.Errorf("counts %+v", c)
	}
}

// A manifest tells of a delivery and is no part of it; one that cannot be read is
// malformed, and still no event.
func TestManifest(t *testing.T) {
	t.Parallel()
	in := special(t, func(p *pipeline.Pipeline) { p.Classes[0].Delivery = &pipeline.Delivery{Manifest: "manifest"} })
	in.Add(record(0, "a", good, now), now)
	for i, value := range []string{`{"name": "x.log", "size": 900, "lines": 10, "by": "cron"}`, `{"size": -1}`, `{"size": "big"}`, "x.log"} {
		r := record(int64(1+i), "a", value, now)
		r.Headers = []feedgauge.Header{{Key: "manifest"}}
		in.Add(r, now)
	}
	c := in.Tallies()[0][0].Feeds[0].Counts
	if c.Deliveries != 1 || c.DeclaredBytes != 900 || c.DeclaredLines != 10 || c.Events != 1 || c.Bytes != int64(len(good)) || c.Errors.Total() != 3 {
		t.Errorf("counts %+v", c)
	}
	if read := in.Commit(); read.Accepted != 5 {
		t.Errorf("read %+v", read)
	}
}

// Lost records are told with the stretch of time they belong to, once.
func TestGaps(t *testing.T) {
	t.Parallel()
	in := special(t, func(*pipeline.Pipeline) {})
	lost := Memory{Position: 7, Lost: 3, Lane: count.Lane{High: now - 60_000, Watermark: now - 65_000, First: now - 90_000}}
	in.Own("raw", lane0, lost)
	if g := in.Gaps(now); len(g) != 1 || g[0].From != now-65_000 || g[0].To != now || g[0].Records != 3 {
		t.Errorf("gap before a record: %+v", g)
	}
	in.Add(record(7, "a", good, now-20_000), now)
	in.Drop()
	in.Add(record(7, "a", good, now-10_000), now)
	in.Add(record(8, "a", good, now-5_000), now)
	if g := in.Gaps(now); len(g) != 1 || g[0].To != now-10_000 {
		t.Errorf("gap: %+v", g)
	}
	in.Commit()
	if g := in.Gaps(now); len(g) != 0 {
		t.Errorf("told twice: %+v", g)
	}
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	in := special(t, func(*pipeline.Pipeline) {})
	in.Ends(now, []feedgauge.LaneEnd{{Lane: lane0, High: 5, Stable: 0}})
	if b := in.Blocked(); len(b) != 1 || b[0] != lane0 {
		t.Errorf("blocked %v", b)
	}
}

func TestLowestLaneAndNewestRevision(t *testing.T) {
	t.Parallel()
	in := special(t, func(*pipeline.Pipeline) {})
	in.Own("raw", feedgauge.Lane{Topic: "raw-1", Partition: 9}, Memory{Revision: 7, Fingerprint: "seven"})
	in.Own("raw", feedgauge.Lane{Topic: "raw-2", Partition: 0}, Memory{Revision: 6, Fingerprint: "six"})
	if l, ok := in.Lowest(); !ok || l != lane0 {
		t.Errorf("lowest %v, %v", l, ok)
	}
	if n, fingerprint := in.Newest(); n != 7 || fingerprint != "seven" {
		t.Errorf("newest %d %q", n, fingerprint)
	}
	in.Disown()
	if l, ok := in.Lowest(); ok {
		t.Errorf("lowest of none: %v", l)
	}
}
