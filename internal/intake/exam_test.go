package intake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/format"
)

// formatted owns lane0 of source "raw", whose feeds are of a format with its
// options.
func formatted(t testing.TB, name string, o format.Options) *Intake {
	t.Helper()
	class := pipelinetest.Class(t, "web", "raw", "*", 60e9, 1e9, 60e9)
	if unit := o.EventUnit(); unit != "" {
		class.Unit = unit
	}
	class.Checker = func() (feedgauge.Checker, error) {
		config := format.All()[name]()
		*config.(interface{ Common() *format.Options }).Common() = o
		return config.Build(feedgauge.Env{})
	}
	in, err := New(&pipeline.Pipeline{
		Kafka: pipeline.Kafka{Partitions: 1}, Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")}, Classes: []*pipeline.Class{class},
	}, "w-0")
	if err != nil {
		t.Fatal(err)
	}
	in.Own("raw", lane0, Memory{Lane: count.NewLane()})
	return in
}

// Faults are counted by reason and field, with when they began and a sample of the
// first; the order in which records come does not matter.
func TestFaultsAreTold(t *testing.T) {
	t.Parallel()
	records := []*feedgauge.Record{
		record(0, "web", `{"ip":"x","n":1}`, now+20),
		record(0, "web", `{"ip":"0.0.0.0"}`, now+30),
		record(0, "web", "{\"ip\":\"::1\"}\n{\"ip\":\"-\",\"at\":\"first\"}\n{", now+10),
		record(0, "web", `{"ip":"::1"}`, now),
		record(0, "web", `{`+"\x01", now+40),
	}
	for name, want := range map[string]string{
		"":     "5 [{control  1 +40 {\\x01} {missing_field ip 2 +10 {\"ip\":\"-\",\"at\":\"first\"}} {type ip 1 +20 {\"ip\":\"x\",\"n\":1}}]",
		"line": "7 [{control  1 +40 {\\x01} {missing_field ip 2 +10 {\"ip\":\"-\",\"at\":\"first\"}} {truncated  1 +10 {} {type ip 1 +20 {\"ip\":\"x\",\"n\":1}}]",
	} {
		for turn := range len(records) {
			in := formatted(t, "json", format.Options{Require: []string{"ip:ip"}, Unit: name})
			for i := range records {
				r := *records[(i+turn)%len(records)]
				r.Offset = int64(i)
				in.Add(&r, now+60)
			}
			c := in.Tallies()[0][0].Feeds[0].Counts
			var faults []string
			for _, e := range c.Errors {
				faults = append(faults, fmt.Sprintf("{%s %s %d +%d %s}", e.Reason, e.Field, e.N, e.First-now, e.Sample))
			}
			if got := fmt.Sprintf("%d [%s]", c.Events, strings.Join(faults, " ")); got != want {
				t.Errorf("unit %q, from record %d on:\ngot  %s\nwant %s", name, turn, got, want)
			}
		}
	}
}

// A record that holds several events in an envelope counts as so many, and what is
// told of a bad one is the event as it stands inside.
func TestEventsInEnvelopesAreCounted(t *testing.T) {
	t.Parallel()
	for envelope, c := range map[string]struct{ value, want string }{
		"records": {`{"Records":[{"ip":"::1"},{"n":1},{"ip":"::2"}]}`, `3 of 1 lines [{missing_field ip 1 {"n":1}}]`},
		"array":   {`{"ip":"::1"}`, `1 of 1 lines [{syntax  1 {"ip":"::1"}}]`},
		"beats":   {`{"message":"{\"n\":1}"}`, `1 of 1 lines [{missing_field ip 1 {"n":1}}]`},
		"docker":  {`{"ip":"::1"}`, `1 of 1 lines [{missing_field log 1 {"ip":"::1"}}]`},
	} {
		in := formatted(t, "json", format.Options{Require: []string{"ip:ip"}, Envelope: envelope})
		in.Add(record(0, "web", c.value, now), now+60)
		counts := in.Tallies()[0][0].Feeds[0].Counts
		var faults []string
		for _, e := range counts.Errors {
			faults = append(faults, fmt.Sprintf("{%s %s %d %s}", e.Reason, e.Field, e.N, e.Sample))
		}
		if got := fmt.Sprintf("%d of %d lines [%s]", counts.Events, counts.Lines, strings.Join(faults, " ")); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", envelope, got, c.want)
		}
	}
}

// Columns that a sender names are not told apart: they may be as many as it likes.
func TestFaultsOfForeignNames(t *testing.T) {
	t.Parallel()
	in := formatted(t, "zeek_tsv", format.Options{})
	for i, name := range []string{"id.orig_h", "mine", "yours"} {
		in.Add(record(int64(i), "zeek", "#fields\tts\t"+name+"\n#types\ttime\taddr\n1.5\tx", now), now)
	}
	var faults []string
	for _, e := range in.Tallies()[0][0].Feeds[0].Counts.Errors {
		faults = append(faults, fmt.Sprint(e.Reason, " ", e.Field, " ", e.N))
	}
	if got := strings.Join(faults, ", "); got != "type  2, type id.orig_h 1" {
		t.Errorf("got %s", got)
	}
}
