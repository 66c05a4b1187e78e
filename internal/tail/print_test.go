package tail

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/rules"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(text string) feedgauge.Instant {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-11-25 "+text)
	if err != nil {
		panic(err)
	}
	return feedgauge.InstantOf(t)
}

func counts() feedgauge.Counts {
	c := feedgauge.Counts{Events: 41, Bytes: 12345, Lines: 42, Delayed: 2, Future: 1, Blank: 3}
	c.Errors.Add(feedgauge.Syntax, 4)
	c.Errors.Add(feedgauge.BadType, 1)
	return c
}

func feed(name string) feedgauge.FeedID { return feedgauge.FeedID{Tenant: "main", Name: name} }

func tally(feeds int) *feedgauge.Tally {
	t := &feedgauge.Tally{Source: "raw", Window: feedgauge.Window{Start: at("07:00:05"), End: at("07:00:10")}}
	for i := range feeds {
		f := feedgauge.FeedTally{Feed: feed("web-0" + string(rune('1'+i))), First: at("07:00:05"), Last: at("07:00:09") + 5}
		if i == 0 {
			f.Counts = counts()
			f.Sketches = hosts()
		}
		t.Feeds = append(t.Feeds, f)
	}
	return t
}

// hosts are the sketches of a measure of which there were three.
func hosts() (s feedgauge.Sketches) {
	d := &measure.Distinct{}
	for _, h := range []string{"a", "b", "c"} {
		d.Add([]byte(h))
	}
	s.Put(measure.SketchName("hosts"), d)
	return s
}

func trailer() *feedgauge.Trailer {
	return &feedgauge.Trailer{
		Worker: "host-0",
		Topics: []feedgauge.TopicMark{
			{Source: "raw", Topic: "web", Partitions: 2, Last: at("07:00:09")},
			{Source: "raw", Topic: "syslog", Partitions: 1, Last: feedgauge.Before},
		},
		Lanes: []feedgauge.LaneMark{
			{Lane: feedgauge.Lane{Topic: "web", Partition: 1}, Position: 1042, Watermark: at("07:00:08") + 250, Proof: feedgauge.ProofActive},
			{Lane: feedgauge.Lane{Topic: "syslog"}, Watermark: feedgauge.Before, Proof: feedgauge.ProofNone},
		},
	}
}

func closed(f feedgauge.Forecast) []byte {
	return journal.AppendClosed(nil, &feedgauge.Closed{
		Feed: feed("web-01"), Window: feedgauge.Window{Start: at("07:00:05"), End: at("07:00:10")},
		Counts: counts(), Forecast: f, Status: feedgauge.Short, Readings: feedgauge.Readings{
			{Measure: "bytes", Value: 12345, Forecast: f}, {Measure: "hosts", Value: 3, Forecast: f}, {Measure: "took", Value: 1.5},
		},
		Clocks: feedgauge.Clocks{Events: 40, Timeless: 2, Future: 1, Delay: 1500 * time.Millisecond, Least: -2 * time.Second, Most: time.Minute},
	})
}

func finding(t *testing.T) []byte {
	t.Helper()
	b, err := ocsf.Encode(nil, &feedgauge.Step{
		UID: "main/web-01/silent/2026-11-25T07:00:05Z", Sequence: 1, Activity: feedgauge.Open, Feed: feed("web-01"),
		Class: "web", Rule: "silent", When: "silence.age > feed.period", Status: feedgauge.Silent, Previous: feedgauge.OK,
		Severity: feedgauge.High, Message: "no record for 10.2s, 10s allowed", Opened: at("07:00:11"), Since: at("07:00:01"),
		At: at("07:00:11"), End: feedgauge.Before, Numbers: feedgauge.Numbers{Last: at("07:00:01")},
	}, ocsf.Options{Product: "0.1.0"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// states folds a short journal and returns what it saves: a feed with an open
// finding that is muted, one without a class, and meta.
func states(t *testing.T) []watch.Saved {
	t.Helper()
	rule, err := (&rules.Config{Name: "malformed", When: "window.errors > 0", For: 1, Clear: 1, Severity: "high", Say: "bad"}).Build([]string{"events", "bytes", "lines"}, false)
	if err != nil {
		t.Fatal(err)
	}
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Partitions: 2},
		Sources: []*pipeline.Source{{Name: "raw"}},
		Classes: []*pipeline.Class{{
			Name: "web", Source: "raw", Match: []string{"web-01"}, Every: 5 * time.Second, Period: 90 * time.Second,
			Format: "json", Unit: "message", Rules: []*rules.Rule{rule}, Measures: []measure.Config{{Name: "hosts", Distinct: "event.host"}},
		}},
	}
	w := watch.New(p, 1)
	w.Fold(&feedgauge.Entry{Offset: 6, Time: at("07:00:00"), Tally: tally(2)}, watch.Out{})
	mute := &feedgauge.Command{ID: "1", Verb: feedgauge.Mute, Feed: feed("web-01"), Who: "kim", Why: "works", Until: at("08:00:00")}
	w.Fold(&feedgauge.Entry{Offset: 7, Time: at("07:00:00"), Command: mute}, watch.Out{})
	marks := &feedgauge.Trailer{
		Topics: []feedgauge.TopicMark{{Source: "raw", Topic: "web", Partitions: 1}},
		Lanes:  []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "web"}, Watermark: at("07:00:10")}},
	}
	w.Fold(&feedgauge.Entry{Offset: 8, Time: at("07:05:30"), Trailer: marks}, watch.Out{})
	return w.Save()
}

// records returns records of a topic that are in form, and some that are not.
func records(t *testing.T, topic string) []*kgo.Record {
	t.Helper()
	var out []*kgo.Record
	add := func(key, value []byte, headers ...kgo.RecordHeader) {
		out = append(out, &kgo.Record{
			Topic: "fg." + topic, Partition: 1, Offset: int64(len(out)), Key: key, Value: value, Headers: headers,
			Timestamp: at("07:00:12").Time().Add(time.Duration(len(out)) * 100 * time.Millisecond).In(time.FixedZone("", 3600)),
		})
	}
	identity := []byte(feed("web-01").Identity())
	switch topic {
	case kafka.Journal:
		for _, n := range []int{1, 9} {
			add(nil, journal.AppendTally(nil, tally(n), journal.MaxRecord)[0])
		}
		add([]byte("trailer"), journal.AppendTrailer(nil, trailer()))
		add(nil, journal.AppendTick(nil))
		add([]byte("a\x00b"), journal.AppendCommand(nil, &feedgauge.Command{
			ID: "1", Verb: feedgauge.Mute, Feed: feed("web-01"), Who: "kim", Why: "moved to another rack", Until: at("08:00:00"),
		}))
		add([]byte{0xff}, journal.AppendCommand(nil, &feedgauge.Command{
			ID: "2", Verb: feedgauge.Ack, Labels: map[string]string{"site": "lon", "team": "net"}, Who: "kim", Until: feedgauge.After,
		}))
		add(nil, journal.AppendRevision(nil, &feedgauge.Revision{Number: 2, Fingerprint: "ab12", Text: "class {}"}))
		add(nil, journal.AppendGap(nil, &feedgauge.Gap{
			Source: "raw", Lane: feedgauge.Lane{Topic: "web", Partition: 1}, From: at("07:00:00"), To: at("07:00:05"), Records: 12,
		}))
		add(nil, []byte{journal.Version, byte(journal.KindCommand), 1})
		add(nil, []byte{journal.Version + 1, 1, 2})
	case kafka.State:
		for _, s := range states(t) {
			add([]byte(s.Key), s.Value)
		}
		add([]byte(feedgauge.FeedID{Tenant: "a/b", Name: "c"}.Identity()), nil)
		add(identity, []byte{0})
	case kafka.Alerts:
		add([]byte("main/web-01/silent/2026-11-25T07:00:05Z"), finding(t), kgo.RecordHeader{Key: "live", Value: []byte("true")}, kgo.RecordHeader{Key: "live", Value: []byte("again")})
		add(nil, []byte(`{"class_uid": 1, "a":"<&\u202e"}`))
		add(nil, []byte("{\"a\":\"\xff\"}"))
		add(nil, []byte(`[1]`))
	case kafka.History:
		add(identity, closed(feedgauge.Forecast{Ready: true, Expected: 60, Lower: 45, Upper: 75, Score: 0.5}))
		add(identity, closed(feedgauge.Forecast{}))
		add(identity, closed(feedgauge.Forecast{Ready: true, Expected: math.NaN(), Lower: math.Inf(-1), Upper: math.Inf(1)}))
	}
	add([]byte("key"), []byte("none of ours\x1b[2J"))
	if topic != kafka.State {
		add([]byte("key"), nil)
	}
	return out
}

func printed(t *testing.T, p Printer, buf *bytes.Buffer, records []*kgo.Record) string {
	t.Helper()
	for _, r := range records {
		if err := p.Print(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%swant\n%s", name, got, want)
	}
}

func TestPrinters(t *testing.T) {
	t.Parallel()
	for _, topic := range Topics() {
		var js, follow, end bytes.Buffer
		golden(t, topic+".jsonl", printed(t, NewJSON(&js, topic), &js, records(t, topic)))
		golden(t, topic+".txt", printed(t, NewText(&follow, screen.Screen{}, topic, false), &follow, records(t, topic)))
		if topic == kafka.State {
			golden(t, topic+".table.txt", printed(t, NewText(&end, screen.Screen{}, topic, true), &end, records(t, topic)))
		}
	}
}

// An alert is passed on byte for byte.
func TestJSONLeavesAlertsUnchanged(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	text := printed(t, NewJSON(&buf, kafka.Alerts), &buf, records(t, kafka.Alerts)[:1])
	if want := finding(t); !strings.HasSuffix(text, `,"value":`+string(want)+"}\n") {
		t.Errorf("got %s, want it to end in %s", text, want)
	}
}

func TestTableKeepsTheNewest(t *testing.T) {
	t.Parallel()
	saved := states(t)
	first := &kgo.Record{Key: []byte(saved[0].Key), Value: saved[0].Value}
	bad := &kgo.Record{Key: first.Key, Value: []byte{9, 9}, Partition: 3, Offset: 17}
	removed := &kgo.Record{Key: first.Key}
	for name, tt := range map[string]struct {
		records []*kgo.Record
		rows    int
		want    string
	}{
		"twice":    {[]*kgo.Record{first, first}, 1, "main/web-01"},
		"removed":  {[]*kgo.Record{first, removed}, 0, ""},
		"returned": {[]*kgo.Record{removed, first}, 1, "main/web-01"},
		"newer":    {[]*kgo.Record{first, bad}, 1, "3/17 of main/web-01 cannot be decoded: state of version 9"},
	} {
		var buf bytes.Buffer
		lines := strings.Split(strings.TrimSuffix(printed(t, NewText(&buf, screen.Screen{}, kafka.State, true), &buf, tt.records), "\n"), "\n")
		if len(lines) != 1+tt.rows || !strings.HasPrefix(lines[len(lines)-1], tt.want) {
			t.Errorf("%s: %q, want %d rows and %q", name, lines, tt.rows, tt.want)
		}
	}
}

// A row says why a status is unknown, and whose word holds alerts back as long as
// it does.
func TestRemarks(t *testing.T) {
	t.Parallel()
	p := &pipeline.Pipeline{Kafka: pipeline.Kafka{Partitions: 1}, Sources: []*pipeline.Source{{Name: "raw"}}}
	muted := func(until feedgauge.Instant, why string) *watch.State {
		w := watch.New(p, 0)
		w.Fold(&feedgauge.Entry{Time: at("07:00:00"), Tally: tally(1)}, watch.Out{})
		mute := &feedgauge.Command{ID: "1", Verb: feedgauge.Mute, Feed: feed("web-01"), Who: "kim", Why: why, Until: until}
		w.Fold(&feedgauge.Entry{Offset: 1, Time: at("07:00:00"), Command: mute}, watch.Out{})
		s, err := watch.DecodeState(w.Save()[0].Value)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	unknown := muted(feedgauge.After, "")
	unknown.Reason = "records were lost"
	for _, tt := range []struct {
		s    *watch.State
		want string
		json string
	}{
		{&watch.State{}, "-", `"reason":"","muted_until":null,"muted_by":"","muted_why":""`},
		{&watch.State{Reason: "records were lost"}, "records were lost", `"reason":"records were lost","muted_until":null`},
		{muted(at("08:00:00"), "works"), "muted by kim until 2026-11-25 08:00:00: works", `"muted_until":"2026-11-25T08:00:00Z","muted_by":"kim","muted_why":"works"`},
		{muted(at("07:30:00"), "works"), "-", `"muted_until":"2026-11-25T07:30:00Z"`},
		{unknown, "records were lost; muted by kim", `"muted_until":"forever","muted_by":"kim","muted_why":""`},
	} {
		if got := remarks(tt.s, at("07:30:00")); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
		b, err := json.Marshal(viewState(tt.s))
		if err != nil || !strings.Contains(string(b), tt.json) {
			t.Errorf("%v: %s, want %s in it", err, b, tt.json)
		}
	}
}

// The state of a group is that of no feed: what it does not have is not shown as
// zero.
func TestGroups(t *testing.T) {
	t.Parallel()
	rule, err := (&rules.Config{Name: "silent", When: "silence.age > feed.period", For: 1, Clear: 1, Severity: "high"}).Build(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{Partitions: 1}, Sources: []*pipeline.Source{{Name: "raw"}},
		Classes: []*pipeline.Class{{Name: "web", Source: "raw", Match: []string{"*"}, Every: 5 * time.Second, Period: time.Minute, Rules: []*rules.Rule{rule}}},
		Groups:  []*pipeline.Group{{Name: "pair", Tenant: "main", Members: []feedgauge.FeedID{feed("web-01")}, Need: 1}},
	}
	w := watch.New(p, 0)
	w.Fold(&feedgauge.Entry{Time: at("07:00:00"), Tally: tally(1)}, watch.Out{})
	mute := &feedgauge.Command{ID: "1", Verb: feedgauge.Mute, Feed: feed("web-01"), Who: "kim", Until: feedgauge.After}
	w.Fold(&feedgauge.Entry{Offset: 1, Time: at("07:00:00"), Command: mute}, watch.Out{})
	for _, saved := range w.Save() {
		if saved.Key != feed("pair").Identity() {
			continue
		}
		s, err := watch.DecodeState(saved.Value)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(stateRow(s, 0), " "); got != "main/pair web - - - - - - ok - group" {
			t.Errorf("row %q", got)
		}
		b, err := json.Marshal(viewState(s))
		if err != nil || !strings.Contains(string(b), `"first_seen":null,"last_arrival":null`) || !strings.Contains(string(b), `"group":true`) {
			t.Errorf("%v: %s", err, b)
		}
		return
	}
	t.Error("no state of the group was saved")
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"5s", "1m", "1m30s", "1h", "1h30m", "24h", "1h0m5s", "1.5s", "0s"} {
		d, err := time.ParseDuration(want)
		if got := Duration(d); err != nil || got != want {
			t.Errorf("Duration(%v) = %q", d, got)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_949: "999.9 kB", 999_950: "1.0 MB", 12_345_678_901: "12.3 GB", 5e15: "5000.0 TB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

// Whatever lies on a topic, each record is one line: valid JSON of a known kind,
// or text that cannot play tricks on a terminal.
func FuzzPrinters(f *testing.F) {
	topics := Topics()
	f.Add(uint8(0), []byte("k"), []byte(`{"a":1}`))
	f.Add(uint8(1), []byte("meta"), []byte{1, 8, 2})
	f.Add(uint8(1), []byte("a\x00b"), []byte{1, 10, 1, 'a', 56, 1})
	f.Add(uint8(2), []byte(nil), journal.AppendTally(nil, tally(2), journal.MaxRecord)[0])
	f.Add(uint8(2), []byte(nil), journal.AppendTrailer(nil, trailer()))
	f.Add(uint8(3), []byte("a\x00b"), closed(feedgauge.Forecast{Ready: true, Expected: math.NaN()}))
	kinds := map[string]bool{"tally": true, "trailer": true, "tick": true, "command": true, "revision": true, "gap": true, "alert": true, "state": true, "meta": true, "history": true, "tombstone": true, "unknown": true}
	f.Fuzz(func(t *testing.T, which uint8, key, value []byte) {
		topic := topics[int(which)%len(topics)]
		r := &kgo.Record{Topic: topic, Key: key, Value: value, Timestamp: time.UnixMilli(0), Headers: []kgo.RecordHeader{{Key: string(key), Value: value}}}
		var js, text, table bytes.Buffer
		out := []byte(printed(t, NewJSON(&js, topic), &js, []*kgo.Record{r}))
		var l struct {
			Kind  string
			Error string
		}
		if err := json.Unmarshal(out, &l); err != nil || bytes.Count(out, []byte("\n")) != 1 || !utf8.Valid(out) {
			t.Fatalf("%v: no line of JSON: %q", err, out)
		}
		if !kinds[l.Kind] || (l.Kind == "unknown") != (l.Error != "") {
			t.Errorf("kind %q with error %q", l.Kind, l.Error)
		}
		tame(t, printed(t, NewText(&text, screen.Screen{}, topic, false), &text, []*kgo.Record{r}), 1)
		tame(t, printed(t, NewText(&table, screen.Screen{}, topic, true), &table, []*kgo.Record{r}), 1)
	})
}

func tame(t *testing.T, text string, records int) {
	t.Helper()
	body := strings.TrimSuffix(text, "\n")
	if strings.Count(body, "\n") > records {
		t.Errorf("more lines than records: %q", text)
	}
	if i := strings.IndexFunc(body, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0x202e || r == utf8.RuneError }); i >= 0 && !strings.Contains(text, "\ufffd") {
		t.Errorf("a terminal would obey %q", text)
	}
}

// On a terminal the table of the state has the columns for which there is room, and
// none of its lines is wider.
func TestTableFits(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 100, 120, 160, 200, 400} {
		var out bytes.Buffer
		printed := printed(t, NewText(&out, screen.Screen{Width: width}, kafka.State, true), &out, records(t, kafka.State))
		for l := range strings.Lines(printed) {
			if n := screen.Width(strings.TrimRight(l, "\n")); n > width {
				t.Errorf("%d columns of %d: %s", n, width, l)
			}
		}
		if left := strings.Contains(printed, "more with --json"); left != (width < 140) || !strings.Contains(printed, "FEED") || !strings.Contains(printed, "STATUS") {
			t.Errorf("of %d columns:\n%s", width, printed)
		}
	}
}
