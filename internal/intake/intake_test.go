package intake

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/naming"
)

// now is the time of all polls, in a minute of its own.
const now = feedgauge.Instant(1_800_000_030_000)

var lane0, lane1 = feedgauge.Lane{Topic: "raw-1"}, feedgauge.Lane{Topic: "raw-1", Partition: 1}

// newIntake owns lane0 of source "raw", whose feeds web-* are JSON.
func newIntake(t testing.TB) *Intake {
	t.Helper()
	class := pipelinetest.Class(t, "web", "raw", "web-*", time.Minute, time.Second, time.Minute)
	class.Checker = func() (feedgauge.Checker, error) {
		return (&format.JSON{Options: format.Options{Require: []string{"ts:timestamp", "host:string", "src.ip:ip", "status:int", "bytes:float"}}}).Build(feedgauge.Env{})
	}
	in, err := New(&pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Partitions: 1},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")}, // slack 5 s, and 1 s where the broker stamps
		Classes: []*pipeline.Class{class},
	}, "w-0")
	if err != nil {
		t.Fatal(err)
	}
	in.Own("raw", lane0, Memory{Lane: count.NewLane()})
	return in
}

const good = `{"ts":"2026-03-01T12:00:00.123Z","level":"info","host":"web-01.example.com","src":{"ip":"203.0.113.77","port":51234},` +
	`"method":"GET","path":"/api/v1/orders/8","status":200,"bytes":18273.5,"ua":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",` +
	`"trace":"4bf92f3577b34da6a3ce929d0e0e4736","msg":"request done!"}`

func record(offset int64, key, value string, at feedgauge.Instant) *feedgauge.Record {
	return &feedgauge.Record{Topic: "raw-1", Offset: offset, Key: []byte(key), Value: []byte(value), Time: at}
}

// counted are the sums by feed and window start, in one line each.
func counted(in *Intake) map[string]string {
	out := make(map[string]string)
	for _, tallies := range in.Tallies() {
		for _, tally := range tallies {
			for _, f := range tally.Feeds {
				c := f.Counts
				out[fmt.Sprintf("%s %d", f.Feed.Name, tally.Window.Start-now)] = fmt.Sprintf("%d+%d events %d future %d blank %v", c.Events, c.Delayed, c.Future, c.Blank, c.Errors)
			}
		}
	}
	return out
}

func TestAdd(t *testing.T) {
	t.Parallel()
	control := record(0, "web-1", good, now)
	control.Control = true
	appended := record(0, "web-1", good, now.Add(time.Hour))
	appended.Stamp = feedgauge.LogAppendTime
	for name, tt := range map[string]struct {
		record   *feedgauge.Record
		want     map[string]string
		rejected feedgauge.Reason
	}{
		"good":          {record(0, "web-1", good, now), map[string]string{"web-1 -30000": "1+0 events 0 future 0 blank []"}, ""},
		"malformed":     {record(0, "web-1", "{", now), map[string]string{"web-1 -30000": "1+0 events 0 future 0 blank [{truncated  1 2027-01-15T08:00:30Z {}]"}, ""},
		"blank":         {record(0, "web-1", " ", now), map[string]string{"web-1 -30000": "1+0 events 0 future 1 blank []"}, ""},
		"of no class":   {record(0, "db-1", "{", now), map[string]string{"db-1 -30000": "1+0 events 0 future 0 blank []"}, ""},
		"ahead":         {record(0, "web-1", good, now+3000), map[string]string{"web-1 -30000": "1+0 events 1 future 0 blank []"}, ""},
		"broker, ahead": {appended, map[string]string{"web-1 3570000": "1+0 events 0 future 0 blank []"}, ""},
		"of 1970":       {record(0, "web-1", good, 0), map[string]string{fmt.Sprintf("web-1 %d", -now): "1+0 events 0 future 0 blank []"}, ""},
		"no name":       {record(0, "", good, now), nil, feedgauge.NoFeed},
		"bad name":      {record(0, "web\n1", good, now), nil, feedgauge.BadName},
		"endless name":  {record(0, strings.Repeat("x", 10_000), good, now), nil, feedgauge.BadName},
		"marker":        {control, nil, ""},
	} {
		in := newIntake(t)
		tt.record.Offset = 41
		if !in.Add(tt.record, now) {
			t.Errorf("%s: not taken in", name)
		}
		if got := counted(in); !maps.Equal(got, tt.want) {
			t.Errorf("%s: counted %v, want %v", name, got, tt.want)
		}
		if m, ok := in.Memory(lane0); !ok || m.Position != 42 {
			t.Errorf("%s: at %d, want 42", name, m.Position)
		}
		read := in.Commit()
		want := Read{Accepted: int64(len(tt.want)), Rejected: map[feedgauge.Reason]int64{}}
		if want.Records = want.Accepted; tt.rejected != "" {
			want.Records, want.Rejected[tt.rejected] = 1, 1
		}
		if read.Records != want.Records || read.Accepted != want.Accepted || !maps.Equal(read.Rejected, want.Rejected) {
			t.Errorf("%s: read %+v, want %+v", name, read, want)
		}
	}
}

// A record of a lane that is not owned changes nothing, whatever came before.
func TestAddKnowsItsLanes(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	foreign := record(7, "web-1", good, now)
	foreign.Partition = 1
	other := record(7, "web-1", good, now)
	other.Topic = "raw-2"
	for range 2 {
		if in.Add(foreign, now) || in.Add(other, now) {
			t.Error("took a record of a lane that is not owned")
		}
		in.Add(record(0, "web-1", good, now), now)
	}
	if in.Records() != 2 {
		t.Errorf("%d records counted, want 2", in.Records())
	}
	in.Own("raw", lane1, Memory{Position: 7, Lane: count.NewLane()})
	if !in.Add(foreign, now) || in.Records() != 3 {
		t.Error("the lane is owned now, but its record was not counted")
	}
	in.Disown()
	if in.Add(foreign, now) || in.Records() != 0 || len(in.Lanes()) != 0 {
		t.Error("a lane is left after all were given up")
	}
}

// One feed sent by two lanes is one feed, in the window of each record.
func TestAddSumsOverLanesAndWindows(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	in.Own("raw", lane1, Memory{Lane: count.NewLane()})
	for i, at := range []feedgauge.Instant{now - 60_000, now, now - 60_000, now, now} {
		r := record(int64(i), "web-1", good, at)
		r.Partition = int32(at-now+60_000) / 60_000
		in.Add(r, now)
	}
	want := map[string]string{"web-1 -90000": "2+0 events 0 future 0 blank []", "web-1 -30000": "3+0 events 0 future 0 blank []"}
	if got := counted(in); !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	if in.Size() < 2*len("web-1") {
		t.Errorf("size %d", in.Size())
	}
}

func TestDelayed(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	for i, at := range []feedgauge.Instant{now, now - 5000, now - 5001} {
		in.Add(record(int64(i), "web-1", good, at), now)
	}
	want := map[string]string{"web-1 -30000": "2+1 events 0 future 0 blank []"}
	if got := counted(in); !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	const high = now - 60_000
	for name, tt := range map[string]struct {
		active       bool
		high, stable int64
		proof        feedgauge.Proof
		mark         feedgauge.Instant
	}{
		"at the end":    {false, 10, 10, feedgauge.ProofIdle, now - 5000},
		"past the end":  {false, 9, 9, feedgauge.ProofIdle, now - 5000},
		"held back":     {false, 12, 10, feedgauge.ProofBlocked, high},
		"behind":        {false, 12, 11, feedgauge.ProofNone, high},
		"it has spoken": {true, 11, 11, feedgauge.ProofActive, high},
	} {
		in := newIntake(t)
		in.Own("raw", lane0, Memory{Position: 10, Lane: count.Lane{High: high + 5000, Watermark: high}})
		if tt.active {
			in.Add(record(10, "web-1", good, high), now)
		}
		in.Ends(now, []feedgauge.LaneEnd{{Lane: lane0, High: tt.high, Stable: tt.stable}, {Lane: lane1, High: 5, Stable: 5}})
		got := in.Trailer().Lanes
		if len(got) != 1 || got[0].Proof != tt.proof || got[0].Watermark != tt.mark {
			t.Errorf("%s: %+v, want %s at %d", name, got, tt.proof, tt.mark)
		}
	}
}

// The broker's stamps leave less slack.
func TestEndsOfAppendTime(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	in.Own("raw", lane0, Memory{Lane: count.Lane{High: 0, Watermark: 0, Stamp: feedgauge.LogAppendTime}})
	in.Ends(now, []feedgauge.LaneEnd{{Lane: lane0}})
	if got, want := in.Trailer().Lanes[0].Watermark, now.Add(-count.Skew); got != want {
		t.Errorf("watermark %d, want %d", got, want)
	}
}

func TestTrailer(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	for _, l := range []feedgauge.Lane{{Topic: "raw-2"}, {Topic: "raw-1", Partition: 10}, lane1} {
		in.Own("raw", l, Memory{Position: 3, Lane: count.NewLane()})
	}
	in.SetPartitions("raw", "raw-1", 11)
	in.Add(record(0, "", "unnamed, but it arrived", now), now)
	got := in.Trailer()
	none := feedgauge.LaneMark{Position: 3, Watermark: feedgauge.Before, First: feedgauge.After, Proof: feedgauge.ProofNone}
	want := []feedgauge.LaneMark{{Lane: lane0, Position: 1, Watermark: now - 5000, First: now, Proof: feedgauge.ProofActive}, none, none, none}
	want[1].Lane, want[2].Lane, want[3].Lane = lane1, feedgauge.Lane{Topic: "raw-1", Partition: 10}, feedgauge.Lane{Topic: "raw-2"}
	if got.Worker != "w-0" || !slices.Equal(got.Lanes, want) {
		t.Errorf("trailer %+v, want lanes %+v", got, want)
	}
	topics := []feedgauge.TopicMark{
		{Source: "raw", Topic: "raw-1", Partitions: 11, Last: now},
		{Source: "raw", Topic: "raw-2", Last: feedgauge.Before},
	}
	if !reflect.DeepEqual(got.Topics, topics) {
		t.Errorf("topics %+v, want %+v", got.Topics, topics)
	}
}

// Commit keeps where the lanes stand, Drop goes back there; both leave no sums.
func TestCommitAndDrop(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	in.Add(record(4, "web-1", good, now-10_000), now)
	in.Commit()
	kept, _ := in.Memory(lane0)
	if want := (Memory{Position: 5, Lane: count.Lane{High: now - 10_000, Watermark: now - 15_000, First: now - 10_000}}); kept != want {
		t.Errorf("memory %+v, want %+v", kept, want)
	}
	in.Add(record(5, "web-1", good, now), now)
	in.Add(record(6, "", good, now), now)
	in.Drop()
	if got, _ := in.Memory(lane0); got != kept {
		t.Errorf("memory %+v after a drop, want %+v", got, kept)
	}
	if proof := in.Trailer().Lanes[0].Proof; proof != feedgauge.ProofNone {
		t.Errorf("proof %q outlived the drop", proof)
	}
	if in.Records() != 0 || in.Size() != 0 || len(in.Tallies()) != 0 {
		t.Error("sums are left after a drop")
	}
	in.Add(record(5, "web-1", good, now), now)
	if got := counted(in)["web-1 -30000"]; got != "1+0 events 0 future 0 blank []" {
		t.Errorf("after a drop: %s", got)
	}
	if read := in.Commit(); read.Records != 1 || read.Accepted != 1 || len(read.Rejected) != 0 {
		t.Errorf("read %+v, want what came after the drop", read)
	}
}

func TestMemoryOfNoLane(t *testing.T) {
	t.Parallel()
	if m, ok := newIntake(t).Memory(lane1); ok {
		t.Errorf("memory %+v of a lane that is not owned", m)
	}
}

func TestNewNeedsNamers(t *testing.T) {
	t.Parallel()
	bad := &pipeline.Source{Name: "raw", Namer: func() (*naming.Namer, error) { return naming.New(nil, nil) }}
	if _, err := New(&pipeline.Pipeline{Sources: []*pipeline.Source{bad}}, "w-0"); err == nil || !strings.Contains(err.Error(), `"raw"`) {
		t.Errorf("error %v does not name the source", err)
	}
}

// Any cutting of the records by commits, with drops that read again, counts each
// exactly once.
func TestCommitsAndDropsCountOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		in := newIntake(t)
		n := rapid.Int64Range(1, 40).Draw(rt, "records")
		var events, read int64
		for pos := int64(0); pos < n; {
			in.Add(record(pos, fmt.Sprintf("web-%d", pos%3), good, now+feedgauge.Instant(pos)), now)
			pos++
			switch rapid.IntRange(0, 3).Draw(rt, "then") {
			case 0:
				in.Drop()
				m, _ := in.Memory(lane0)
				pos = m.Position
			case 1:
				events += eventsOf(in)
				read += in.Commit().Records
			}
		}
		events += eventsOf(in)
		read += in.Commit().Records
		if events != n || read != n {
			rt.Fatalf("%d events, %d read of %d records", events, read, n)
		}
	})
}

func eventsOf(in *Intake) (n int64) {
	for _, tallies := range in.Tallies() {
		for _, tally := range tallies {
			for _, f := range tally.Feeds {
				n += f.Counts.Events
			}
		}
	}
	return n
}

// batch returns records of so many feeds, each in its turn, over two windows.
func batch(records, feeds int) []feedgauge.Record {
	out := make([]feedgauge.Record, records)
	for i := range out {
		at := now - feedgauge.Instant(60_000*(records-i)/records)
		out[i] = *record(int64(i), fmt.Sprintf("web-%d", i%feeds), good, at)
	}
	return out
}

func TestAddAllocatesNothing(t *testing.T) {
	in, records := newIntake(t), batch(1000, 100)
	records[10].Value, records[20].Key = []byte("{"), nil // a bad one of each kind is no exception
	if n := testing.AllocsPerRun(10, func() {
		for i := range records {
			in.Add(&records[i], now)
		}
	}); n != 0 {
		t.Errorf("%v allocations for %d records", n, len(records))
	}
}

func BenchmarkAdd(b *testing.B) {
	for _, feeds := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("feeds=%d", feeds), func(b *testing.B) {
			in, records := newIntake(b), batch(max(feeds, 10_000), feeds)
			for i := range records {
				in.Add(&records[i], now) // meet the feeds
			}
			b.SetBytes(int64(len(good)))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				in.Add(&records[i%len(records)], now)
			}
		})
	}
}

// A lane whose records all come too late, or whose stamps are not believed, is
// carried on by what has been read up to where it ended a commit before: its
// producers are not silent, and its source is not held back.
func TestOldStampsDoNotHoldTheLane(t *testing.T) {
	t.Parallel()
	const second = 1000
	for name, tt := range map[string]struct {
		stamp feedgauge.Instant // before or after the poll
		lag   int64             // records not yet read when the ends are listed
		moves bool
	}{
		"old":                  {-3600 * second, 0, true},
		"in the future":        {3600 * second, 0, true},
		"old, some of it left": {-3600 * second, 9, false},
		"in time":              {-20 * second, 0, false},
	} {
		in := newIntake(t)
		in.Own("raw", lane0, Memory{Position: 1, Lane: count.Lane{High: now - 60*second, Watermark: now - 65*second}})
		for i := range feedgauge.Instant(3) {
			at := now + i*10*second
			// Another record is there whenever somebody asks, so the lane is never idle.
			in.Add(record(int64(i)+1, "web-1", good, at+tt.stamp), at)
			in.Ends(at, []feedgauge.LaneEnd{{Lane: lane0, High: int64(i) + 3 + tt.lag, Stable: int64(i) + 3 + tt.lag}})
			in.Commit()
		}
		l := in.lanes[lane0]
		in.Add(record(4, "web-1", good, now+30*second+tt.stamp), now+30*second)
		in.Ends(now+30*second, []feedgauge.LaneEnd{{Lane: lane0, High: 6 + tt.lag, Stable: 6 + tt.lag}})
		if moved := l.mem.Watermark == now+20*second-5*second; moved != tt.moves {
			t.Errorf("%s: the watermark is %v behind the last listing", name, (now + 20*second).Sub(l.mem.Watermark))
		}
	}
}
