package ocsf

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/feedgauge/feedgauge"
)

var update = flag.Bool("update", false, "write the golden files anew")

var options = Options{Product: "0.1.0", LogName: "feedgauge.alerts"}

// at returns an instant of the morning the examples are set in.
func at(clock string) feedgauge.Instant {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-11-25 "+clock)
	if err != nil {
		panic(err)
	}
	return feedgauge.InstantOf(t)
}

// episode is a silence; the other steps are made from it.
func episode() feedgauge.Step {
	feed := feedgauge.FeedID{Tenant: "main", Name: "web-03"}
	opening := feedgauge.Window{Start: at("07:00:05"), End: at("07:00:10")}
	return feedgauge.Step{
		UID: feedgauge.FindingUID(feed, "silent", opening), Sequence: 1, Activity: feedgauge.Open,
		Feed: feed, Class: "web", Source: "raw", Format: "access_combined",
		Rule: "silent", When: "silence.age > feed.period",
		Status: feedgauge.Silent, Previous: feedgauge.OK, Severity: feedgauge.High,
		Message: "no record for 10.2s, 10s allowed (last 07:00:01)",
		Opened:  at("07:00:11"), Since: at("07:00:01"), At: at("07:00:11"), End: feedgauge.Before,
		Numbers: feedgauge.Numbers{Last: at("07:00:01"), Silence: 10200 * time.Millisecond, Period: 10 * time.Second},
		Labels:  map[string]string{"team": "netsec", "site": "lon1"},
		Owner:   "netsec-oncall",
	}
}

// judged turns s into a step of a rule that looked at a window.
func judged(s feedgauge.Step, rule feedgauge.Status, when, message string, c feedgauge.Counts) feedgauge.Step {
	w := feedgauge.Window{Start: at("07:00:05"), End: at("07:00:10")}
	s.Rule, s.When, s.Message, s.Status = string(rule), when, message, rule
	s.UID = feedgauge.FindingUID(s.Feed, s.Rule, w)
	s.Opened, s.Since, s.At = w.End, w.Start, w.End
	s.Numbers = feedgauge.Numbers{
		Window: w, Counts: c, Last: at("07:00:09"), Silence: time.Second, Period: 10 * time.Second,
		Forecast: feedgauge.Forecast{Expected: 41.375, Lower: 31.03125, Upper: 51.71875, Ready: true},
	}
	return s
}

func updated(s feedgauge.Step) feedgauge.Step {
	s.Activity, s.Sequence, s.Severity, s.Previous = feedgauge.Update, 2, feedgauge.Critical, s.Status
	s.At += 60_000
	return s
}

func ended(s feedgauge.Step) feedgauge.Step {
	s.Activity, s.Sequence, s.Previous, s.Status = feedgauge.Close, 3, s.Status, feedgauge.OK
	s.Message = "records arrive again since 07:04:02"
	s.At, s.End = at("07:04:05"), at("07:04:02")
	return s
}

func steps() map[string]feedgauge.Step {
	silent := episode()
	never := episode()
	never.Since, never.Numbers.Last, never.Labels, never.Owner = feedgauge.Before, feedgauge.Before, nil, ""
	short := judged(silent, feedgauge.Short, "window.events < 0.75 * forecast.events.expected",
		"12 events, 41 were expected", feedgauge.Counts{Events: 12, Bytes: 3720, Lines: 12})
	learning := short
	learning.Numbers.Forecast = feedgauge.Forecast{}
	malformed := judged(silent, feedgauge.Malformed, "window.malformed > 0.1 * window.events", "9 of 40 events are malformed",
		feedgauge.Counts{Events: 40, Bytes: 12400, Lines: 40, Delayed: 2, Future: 1,
			Errors: feedgauge.Errors{
				{Reason: feedgauge.MissingField, Field: "client", N: 2, First: silent.Opened - 4000, Sample: `- - - [25/Nov/2026:07:00:06 +0000] "GET /`},
				{Reason: feedgauge.Syntax, N: 7, First: feedgauge.After},
			}})
	empty := judged(silent, feedgauge.Empty, "window.blank == window.events", "all 6 events are blank",
		feedgauge.Counts{Events: 6, Lines: 6, Blank: 6})
	drifting := judged(silent, feedgauge.Drifting, "lines.drifts > 0.0", "field ip is missing", feedgauge.Counts{Events: 40})
	for i := range maxDrifts + 2 {
		drifting.Drifts = append(drifting.Drifts, feedgauge.Drift{
			Kind: "field_missing", Field: fmt.Sprintf("f%d", i), EventKind: "4624", Before: 0.999, Since: silent.Since, Text: "field is missing", Sample: `{"a":"<"}`,
		})
	}
	clock := judged(silent, feedgauge.WrongClock, `clock.kind != ""`, "times in events are 2h ahead: the sender's time zone is wrong", feedgauge.Counts{Events: 40})
	clock.Skews = []feedgauge.Skew{{Kind: "zone", Off: -2 * time.Hour, Since: silent.Since, Text: "times in events are 2h ahead: the sender's time zone is wrong"}}
	hosts := judged(silent, feedgauge.Short, strings.Repeat(`forecast.events.kind == "short" || `, 8)+`forecast.hosts.kind == "short"`,
		"30 hosts, 50 were expected", feedgauge.Counts{Events: 41, Bytes: 12345})
	for i := range maxMeasures + 1 {
		hosts.Numbers.Readings = append(hosts.Numbers.Readings, feedgauge.Reading{Measure: fmt.Sprintf("a%d", i), Value: 0.5})
	}
	hosts.Numbers.Readings = append(hosts.Numbers.Readings, feedgauge.Reading{
		Measure: "hosts", Value: 30, Forecast: feedgauge.Forecast{Expected: 50, Lower: 46.5, Upper: 53.5, Ready: true, Anomaly: feedgauge.Anomaly{Kind: feedgauge.Short}},
	})
	odd := judged(silent, "too_many", `window.events > 9 && feed.name != "<x>"`, `"quoted" \ back & <angle>`, feedgauge.Counts{Events: 10})
	odd.Feed = feedgauge.FeedID{Tenant: "a/b", Name: "50%/50% Straße 日本"}
	odd.UID = feedgauge.FindingUID(odd.Feed, odd.Rule, odd.Numbers.Window)
	return map[string]feedgauge.Step{
		"silent-open": silent, "silent-update": updated(silent), "silent-close": ended(silent),
		"never-open": never, "short-open": short, "short-update": updated(short), "short-close": ended(short),
		"short-learning": learning, "malformed-open": malformed, "malformed-close": ended(malformed),
		"drifting-open": drifting, "clock-open": clock, "hosts-open": hosts, "hosts-close": ended(hosts),
		"empty-open": empty, "empty-close": ended(empty), "odd-open": odd,
	}
}

// told are steps that are not of a rule's condition alone: somebody's word, a
// mute, a retraction, a finding about the monitor.
func told() map[string]feedgauge.Step {
	acked := updated(episode())
	acked.Who, acked.Why, acked.Message = "kim", "ticket 7", "web-03: silent is looked after by kim: ticket 7"
	muted := episode()
	muted.Muted, muted.Who, muted.Why = true, "kim", "works in rack 4"
	retracted := ended(episode())
	retracted.Retracted, retracted.Why = true, "records that were counted late show that it delivered"
	removed := ended(episode())
	removed.Why = "the rule was removed"
	batch := judged(episode(), feedgauge.HeaderOnly, "window.deliveries > 0.0 && window.lines <= window.deliveries", "1 delivery with a header alone",
		feedgauge.Counts{Events: 1, Bytes: 80, Lines: 1, Deliveries: 1, DeclaredBytes: 5000, DeclaredLines: 61})
	outage := ofSelf("source/raw", "outage")
	outage.Source, outage.Feeds, outage.Severity = "raw", 300, feedgauge.Critical
	over := outage
	over.Activity, over.Sequence, over.Status, over.Previous, over.End = feedgauge.Close, 2, feedgauge.OK, feedgauge.Unknown, at("07:30:00")
	beat := ofSelf("heartbeat", "heartbeat")
	beat.UID, beat.Activity, beat.Sequence, beat.Severity = "self/heartbeat/feedgauge", feedgauge.Update, 1795590011, feedgauge.Info
	beat.Status, beat.Numbers, beat.Since = feedgauge.OK, feedgauge.Numbers{Last: feedgauge.Before}, beat.At
	return map[string]feedgauge.Step{
		"acked": acked, "muted-open": muted, "muted-update": updated(muted), "muted-close": ended(muted),
		"retracted": retracted, "removed": removed, "delivery-open": batch,
		"outage-open": outage, "outage-close": over, "blind-open": ofSelf("intake", "blind"), "heartbeat": beat,
	}
}

// ofSelf is an opening step of a finding about the monitor: it has neither class
// nor format, condition nor window.
func ofSelf(name, rule string) feedgauge.Step {
	id := feedgauge.FeedID{Tenant: "self", Name: name}
	return feedgauge.Step{
		UID: feedgauge.FindingUID(id, rule, feedgauge.Window{Start: at("07:20:00")}), Sequence: 1, Activity: feedgauge.Open,
		Feed: id, Rule: rule, Status: feedgauge.Unknown, Previous: feedgauge.OK, Severity: feedgauge.Critical,
		Message: "what is wrong", Opened: at("07:20:00"), Since: at("07:05:00"), At: at("07:20:00"), End: feedgauge.Before,
		Numbers: feedgauge.Numbers{Last: at("07:05:00"), Silence: 15 * time.Minute},
	}
}

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/detection_finding-1.8.0.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func encode(t testing.TB, s feedgauge.Step) []byte {
	t.Helper()
	b, err := Encode(nil, &s, options)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check fails unless b is one line of JSON that the schema of OCSF allows.
func check(schema *jsonschema.Schema, b []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

func TestGolden(t *testing.T) {
	schema := compileSchema(t)
	all := steps()
	maps.Copy(all, told())
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			b := encode(t, s)
			if err := check(schema, b); err != nil {
				t.Errorf("not OCSF: %v", err)
			}
			if bytes.IndexByte(b, '\n') >= 0 {
				t.Error("more than one line")
			}
			if len(b) > 4000 {
				t.Errorf("%d bytes, want at most 4000", len(b))
			}
			golden(t, filepath.Join("testdata", name+".golden.json"), b)
		})
	}
}

func golden(t *testing.T, path string, line []byte) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, line, "", " "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("differs from %s:\n%s", path, got.Bytes())
	}
}

// The schema must be strict, or the other tests prove little.
func TestSchemaRefusesUnknownFields(t *testing.T) {
	schema := compileSchema(t)
	good := string(encode(t, episode()))
	for _, edit := range [][2]string{
		{`"message":`, `"massage":`},
		{`"log_name":`, `"log_topic":`},
		{`"severity_id":4`, `"severity_id":44`},
		{`"uid":"main/web-03/`, `"ident":"main/web-03/`},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s does not occur", edit[0])
		}
		if check(schema, []byte(bad)) == nil {
			t.Errorf("the schema takes %s", edit[1])
		}
	}
}

func TestEncodeAppends(t *testing.T) {
	s := episode()
	b, err := Encode([]byte("before "), &s, options)
	if err != nil {
		t.Fatal(err)
	}
	if want := "before " + string(encode(t, s)); string(b) != want {
		t.Errorf("got %.40s..., want %.40s...", b, want)
	}
}

func TestShortFieldsComeFirst(t *testing.T) {
	b := string(encode(t, steps()["short-close"]))
	last := -1
	for _, field := range []string{
		`"activity_id"`, `"type_uid":200403`, `"time"`, `"severity_id"`, `"status_id":4`, `"is_alert":false`,
		`"message"`, `"status_detail"`, `"metadata"`, `"finding_info"`, `"resources"`, `"unmapped"`,
	} {
		i := strings.Index(b, field)
		if i <= last {
			t.Errorf("%s is at %d, behind %d", field, i, last)
		}
		last = i
	}
}

// What is suppressed must not page anybody, what ended must be seen to end.
func TestStatusAndAlert(t *testing.T) {
	for name, want := range map[string]struct {
		id    int
		alert bool
		muted bool
	}{
		"silent-open": {1, true, false}, "silent-update": {2, false, false}, "silent-close": {4, false, false},
		"muted-open": {3, false, true}, "muted-update": {3, false, true}, "muted-close": {4, false, true},
		"acked": {2, false, false}, "outage-open": {1, true, false}, "heartbeat": {2, false, false},
	} {
		all := steps()
		maps.Copy(all, told())
		s, ok := all[name]
		if !ok {
			t.Fatalf("no step %q", name)
		}
		r := newRecord(&s, options)
		if r.StatusID != want.id || r.IsAlert != want.alert || r.Unmapped.Feedgauge.Muted != want.muted {
			t.Errorf("%s: status_id %d, is_alert %v, muted %v; want %+v", name, r.StatusID, r.IsAlert, r.Unmapped.Feedgauge.Muted, want)
		}
	}
}

// Somebody's word is a comment; a reason of the monitor's own is none.
func TestWords(t *testing.T) {
	for name, want := range map[string]struct{ detail, comment string }{
		"acked":       {"", "ticket 7"},
		"muted-open":  {"The feed is muted.", "works in rack 4"},
		"muted-close": {"The feed is muted. The feed is ok again; the episode ended at 2026-11-25T07:04:02Z.", "works in rack 4"},
		"retracted": {"Retracted: it was never so. Reason: records that were counted late show that it delivered. " +
			"The feed is ok again; the episode ended at 2026-11-25T07:04:02Z.", ""},
		"removed":      {"Reason: the rule was removed. The feed is ok again; the episode ended at 2026-11-25T07:04:02Z.", ""},
		"outage-close": {"source/raw is ok again; the episode ended at 2026-11-25T07:30:00Z.", ""},
	} {
		s := told()[name]
		if r := newRecord(&s, options); r.StatusDetail != want.detail || r.Comment != want.comment {
			t.Errorf("%s: detail %q, comment %q; want %q", name, r.StatusDetail, r.Comment, want)
		}
	}
}

// A tenant may be called self: its feeds are of a class, and stay feeds.
func TestFeedsOfATenantCalledSelf(t *testing.T) {
	s := episode()
	s.Feed.Tenant = "self"
	if r := newResource(&s); r.Type != feedType {
		t.Errorf("a feed is of type %q", r.Type)
	}
}

// The identity of a step is a promise to consumers. The expected value is that
// of Python's uuid.uuid5(uuid.NAMESPACE_URL, name).
func TestEventUID(t *testing.T) {
	const finding = "prod/web-proxy-3/silent/2026-11-21T08:00:00Z"
	if got, want := EventUID(finding, 1), "167c41dd-dda6-5c4f-8ddf-7ef3153cad75"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := EventUID(finding, 2), "d5612817-c663-5393-8c48-d96f5f71c0cc"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSeverities(t *testing.T) {
	for i, s := range []feedgauge.Severity{"", feedgauge.Info, feedgauge.Low, feedgauge.Medium, feedgauge.High, feedgauge.Critical} {
		if got := severityOf(s); got.id != i {
			t.Errorf("%q has severity_id %d, want %d", s, got.id, i)
		}
		if got := severityNamed(i); got != s {
			t.Errorf("severity_id %d is %q, want %q", i, got, s)
		}
	}
}

func TestDecimal(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 41.375: "41.38", 1200: "1200", 0.5: "0.5", 1e300: "1e+300"} {
		if got := decimal(x); got != want {
			t.Errorf("decimal(%v) = %s, want %s", x, got, want)
		}
	}
}
