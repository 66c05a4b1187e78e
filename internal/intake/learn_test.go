package intake

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// learning is a pipeline of which one class learns from declared JSON and one
// from lines of any kind.
func learning(t testing.TB) *pipeline.Pipeline {
	t.Helper()
	declared := pipelinetest.Class(t, "json", "raw", "json-*", time.Minute, time.Second, time.Minute)
	any := pipelinetest.Class(t, "any", "raw", "*", time.Minute, time.Second, time.Minute)
	declared.Learn, any.Learn = true, true
	any.Format, any.Checker = "any", nil
	return &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Partitions: 1},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes: []*pipeline.Class{declared, any},
	}
}

// written are the tallies of a journal, merged by feed and window.
type written map[string]*feedgauge.FeedTally

// commit writes what an intake has summed, and reads it back.
func (w written) commit(t interface{ Fatal(...any) }, in *Intake) {
	for _, tallies := range in.Tallies() {
		for i := range tallies {
			for _, rec := range journal.AppendTally(nil, &tallies[i], journal.MaxRecord) {
				e, _, err := journal.Decode(rec)
				if err != nil {
					t.Fatal(err)
				}
				w.merge(e.Tally)
			}
		}
	}
	in.Commit()
}

func (w written) merge(tally *feedgauge.Tally) {
	for i := range tally.Feeds {
		f := &tally.Feeds[i]
		key := fmt.Sprint(f.Feed, tally.Window.Start)
		if own := w[key]; own != nil {
			own.Merge(f)
		} else {
			w[key] = f
		}
	}
}

// drawLines draws records of two lanes, more than a profile takes.
func drawLines(t *rapid.T) map[feedgauge.Lane][]*feedgauge.Record {
	out := make(map[feedgauge.Lane][]*feedgauge.Record)
	kinds := rapid.SampledFrom([]int{1, 4, 50}).Draw(t, "kinds")
	for _, l := range []feedgauge.Lane{lane0, lane1} {
		n := rapid.IntRange(0, 700).Draw(t, "records")
		for i := range n {
			value := fmt.Sprintf(`{"EventID":%d,"f%d":"x","g%d":%d}`, i%kinds, i%7, i%90, i)
			switch i % 11 {
			case 3:
				value = fmt.Sprintf("level=info n=%d msg=%q", i, "a b")
			case 5:
				value += "\n" + value
			}
			r := record(int64(i), []string{"json-1", "web-1"}[i%2], value, now+feedgauge.Instant(i*200))
			r.Partition = l.Partition
			out[l] = append(out[l], r)
		}
	}
	return out
}

// run takes in all records by so many workers, with commits, aborts and changes of
// ownership where often says.
func run(t *rapid.T, p *pipeline.Pipeline, records map[feedgauge.Lane][]*feedgauge.Record, workers int, often func(in int) bool) written {
	w := written{}
	saved := map[feedgauge.Lane]Memory{lane0: {Lane: count.NewLane()}, lane1: {Lane: count.NewLane()}}
	var ins []*Intake
	deal := func() {
		ins = nil
		for i := range workers {
			in, err := New(p, fmt.Sprint(i))
			if err != nil {
				t.Fatal(err)
			}
			ins = append(ins, in)
		}
		for i, l := range []feedgauge.Lane{lane0, lane1} {
			ins[i%workers].Own("raw", l, saved[l])
		}
	}
	deal()
	for {
		left := false
		for i, l := range []feedgauge.Lane{lane0, lane1} {
			in := ins[i%workers]
			m, _ := in.Memory(l)
			if m.Position < int64(len(records[l])) {
				left = true
				in.Add(records[l][m.Position], now+60_000)
			}
		}
		if !left {
			break
		}
		switch {
		case often(40):
			in := ins[rapid.IntRange(0, workers-1).Draw(t, "who")]
			w.commit(t, in)
			for _, l := range in.Lanes() {
				saved[l], _ = in.Memory(l)
			}
		case often(200):
			ins[0].Drop()
		case often(300):
			deal()
		}
	}
	for _, in := range ins {
		w.commit(t, in)
	}
	return w
}

// What lines are like does not depend on who read them, nor on where commits cut.
func TestProfilesAreTheSameHoweverCut(t *testing.T) {
	t.Parallel()
	p := learning(t)
	rapid.Check(t, func(t *rapid.T) {
		records := drawLines(t)
		want := run(t, p, records, 1, func(int) bool { return false })
		got := run(t, p, records, rapid.IntRange(1, 2).Draw(t, "workers"), func(in int) bool { return rapid.IntRange(1, in).Draw(t, "often") == 1 })
		if len(got) != len(want) {
			t.Fatalf("%d feeds and windows, want %d", len(got), len(want))
		}
		for key, f := range want {
			a, b := f.Sketches.Get(journal.ProfileName).Append(nil), got[key].Sketches.Get(journal.ProfileName).Append(nil)
			if !bytes.Equal(a, b) {
				t.Fatalf("%s:\n%q\nwhole:\n%q", key, b, a)
			}
			if len(a) > profile.MaxSize {
				t.Fatalf("%s: %d bytes", key, len(a))
			}
		}
	})
}

// A feed that delivers much is looked at two hundred times a window, and little
// is written of it after the first commit.
func TestLooksAtFew(t *testing.T) {
	t.Parallel()
	in, err := New(learning(t), "w")
	if err != nil {
		t.Fatal(err)
	}
	in.Own("raw", lane0, Memory{Lane: count.NewLane()})
	var sizes []int
	w := written{}
	for i := range int64(60_000) {
		in.Add(record(i, "web-1", fmt.Sprintf(`{"a":%d,"b":"x"}`, i), now+feedgauge.Instant(i/3)), now+60_000)
		if i%5000 == 4999 {
			size := 0
			for _, tallies := range in.Tallies() {
				for j := range tallies {
					size += len(journal.AppendTally(nil, &tallies[j], journal.MaxRecord)[0])
				}
			}
			sizes = append(sizes, size)
			w.commit(t, in)
		}
	}
	for _, f := range w {
		p, ok := f.Sketches.Get(journal.ProfileName).(*profile.Profile)
		if !ok || p.Records() > profile.MaxRecords || p.Records() < profile.MaxRecords/8 {
			t.Errorf("the profile holds %d records", p.Records())
		}
	}
	for _, size := range sizes {
		if size > 1200 {
			t.Errorf("tallies of %d bytes", sizes)
			break
		}
	}
}

// Of lines in envelopes whose format is not declared what is inside is learnt.
func TestLearnsInsideOfEnvelopes(t *testing.T) {
	t.Parallel()
	profiles := map[string][]byte{}
	for envelope, sealed := range map[string]string{"none": "%s", "cri": "2026-01-02T03:04:05Z stdout F %s", "array": "[%q]"} {
		p := learning(t)
		p.Classes[1].Checker = func() (feedgauge.Checker, error) {
			return (&format.Any{Envelope: envelope}).Build(feedgauge.Env{})
		}
		in, err := New(p, "w")
		if err != nil {
			t.Fatal(err)
		}
		in.Own("raw", lane0, Memory{Lane: count.NewLane()})
		for i := range int64(50) {
			line := fmt.Sprintf(`{"a":%d,"b":"x"}`, i)
			in.Add(record(i, "web-1", fmt.Sprintf(sealed, line), now), now)
		}
		w := written{}
		w.commit(t, in)
		for _, f := range w {
			learnt, _ := f.Sketches.Get(journal.ProfileName).(*profile.Profile)
			if learnt == nil || learnt.Records() != 50 {
				t.Fatalf("%s: got %+v", envelope, f.Sketches)
			}
			profiles[envelope] = learnt.Append(nil)
		}
	}
	if !bytes.Equal(profiles["cri"], profiles["none"]) || !bytes.Equal(profiles["array"], profiles["none"]) {
		t.Errorf("got %q", profiles)
	}
}
