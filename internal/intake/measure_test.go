package intake

import (
	"bytes"
	"fmt"
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
	"github.com/feedgauge/feedgauge/processors/measure"
)

// measuring owns lane0 of a source whose feeds are JSON and have measures.
func measuring(t testing.TB, o format.Options, delivery *pipeline.Delivery, measures ...measure.Config) (*Intake, *pipeline.Pipeline) {
	t.Helper()
	class := pipelinetest.Class(t, "web", "raw", "*", time.Minute, time.Second, time.Minute)
	class.Measures, class.Delivery = measures, delivery
	if o.Unit != "" {
		class.Unit = o.Unit
	}
	class.Checker = func() (feedgauge.Checker, error) { return (&format.JSON{Options: o}).Build(feedgauge.Env{}) }
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{Partitions: 1}, Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")}, Classes: []*pipeline.Class{class},
	}
	in, err := New(p, "w-0")
	if err != nil {
		t.Fatal(err)
	}
	in.Own("raw", lane0, Memory{Lane: count.NewLane()})
	return in, p
}

// came returns what the measures of the only feed and window came to.
func came(in *Intake) string {
	var out []string
	for _, tallies := range in.Tallies() {
		for name, x := range measure.All(tallies[0].Feeds[0].Sketches) {
			out = append(out, fmt.Sprintf("%s %v", name, x))
		}
	}
	return strings.Join(out, ", ")
}

// Measures look at each event in time whose fields can be read, whether a record is
// counted as one event or by its lines.
func TestMeasures(t *testing.T) {
	t.Parallel()
	measures := []measure.Config{
		{Name: "errors_5xx", When: "event.status >= 500"}, {Name: "hosts", Distinct: "event.host"},
		{Name: "seconds", When: "event.status < 500", Sum: "double(event.ms) / 1000.0"},
	}
	for _, unit := range []string{"", "line"} {
		in, _ := measuring(t, format.Options{Unit: unit, Require: []string{"host"}}, &pipeline.Delivery{Manifest: "manifest"}, measures...)
		for i, v := range []string{
			`{"host":"a","status":200,"ms":1500}` + "\n" + `{"host":"b","status":503,"ms":2}`,
			`{"host":"a","status":500}`,
			`{"host":"-","status":599}`,         // breaks the format, but can be read
			`{"host":"c","status":500,"ms":1,}`, // cannot
			`{"host":"d","status":"?","ms":-1}`,
			`{"host":"a","status":204,"ms":0.25}`,
			`{"host":"e","status":204,"ms":-1}`,
			"",
		} {
			in.Add(record(int64(i), "web", v, now), now)
		}
		late := record(8, "web", `{"host":"late","status":500,"ms":1}`, now-50_000)
		in.Add(late, now)
		manifest := record(9, "web", `{"host":"manifest","status":500}`, now)
		manifest.Headers = []feedgauge.Header{{Key: "manifest"}}
		in.Add(manifest, now)
		if got, want := came(in), "errors_5xx 3, hosts 4, seconds 1.5"; got != want {
			t.Errorf("unit %q: %s, want %s", unit, got, want)
		}
		missed := in.Commit().Missed
		if got, want := fmt.Sprint(missed), "map[{web errors_5xx}:1 {web hosts}:1 {web seconds}:2]"; got != want {
			t.Errorf("unit %q: missed %s, want %s", unit, got, want)
		}
		if got := came(in); got != "" {
			t.Errorf("after the commit: %s", got)
		}
	}
}

// What is put aside since its check panics is not measured either.
func TestNothingIsMeasuredOfTheDead(t *testing.T) {
	t.Parallel()
	in, p := measuring(t, format.Options{}, nil, measure.Config{Name: "hosts", Distinct: "event.host"})
	check := p.Classes[0].Checker
	p.Classes[0].Checker = func() (feedgauge.Checker, error) {
		c, err := check()
		return fragile{c.(feedgauge.EventReader)}, err
	}
	in.Add(record(0, "web", `{"host":"a"}`, now), now)
	in.Add(record(1, "web", `{"host":"b"} `, now), now)
	if got, want := came(in), "hosts 1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// fragile panics behind the events of a record that ends with a blank.
type fragile struct{ feedgauge.EventReader }

func (f fragile) Read(r *feedgauge.Record, visit func(*feedgauge.Event)) feedgauge.Verdict {
	v := f.EventReader.Read(r, visit)
	if bytes.HasSuffix(r.Value, []byte(" ")) {
		panic("a blank")
	}
	return v
}

// What measures come to does not depend on who read the records, nor on where
// commits cut: the merged sketches are the same byte for byte.
func TestMeasuresAreTheSameHoweverCut(t *testing.T) {
	t.Parallel()
	_, p := measuring(t, format.Options{}, nil,
		measure.Config{Name: "f_odd", When: "event.f1 == 'x' || event.f3 == 'x'"}, measure.Config{Name: "kinds", Distinct: "event.EventID"},
		measure.Config{Name: "sevenths", Sum: "double(event.EventID) / 7.0"}, measure.Config{Name: "texts", Distinct: `string(event.EventID) + string(event.g1)`},
		measure.Config{Name: "g_all", Distinct: `event.g0`})
	rapid.Check(t, func(t *rapid.T) {
		records := drawLines(t)
		want := run(t, p, records, 1, func(int) bool { return false })
		got := run(t, p, records, rapid.IntRange(1, 2).Draw(t, "workers"), func(in int) bool { return rapid.IntRange(1, in).Draw(t, "often") == 1 })
		for key, f := range want {
			for _, s := range f.Sketches {
				if a, b := s.Sketch.Append(nil), got[key].Sketches.Get(s.Name).Append(nil); !bytes.Equal(a, b) {
					t.Fatalf("%s: %s is %x, whole %x", key, s.Name, b, a)
				}
			}
			if !slices.EqualFunc(f.Sketches, got[key].Sketches, func(a, b feedgauge.NamedSketch) bool { return a.Name == b.Name }) {
				t.Fatalf("%s: other sketches", key)
			}
		}
	})
}

func BenchmarkMeasures(b *testing.B) {
	line := `{"ts":"2026-03-01T12:00:00.123Z","host":"web-%02d.example.com","src":{"ip":"203.0.113.77"},"status":%d,"bytes":18273}`
	for name, measures := range map[string][]measure.Config{
		"none": nil, "when": {{Name: "a", When: "event.status >= 500"}}, "distinct": {{Name: "a", Distinct: "event.host"}}, "sum": {{Name: "a", Sum: "event.bytes"}},
	} {
		b.Run(name, func(b *testing.B) {
			in, _ := measuring(b, format.Options{}, nil, measures...)
			var records []*feedgauge.Record
			for i := range 50 {
				records = append(records, record(0, "web", fmt.Sprintf(line, i, 200+i*10), now))
			}
			b.ReportAllocs()
			for i := range b.N {
				in.Add(records[i%50], now)
			}
		})
	}
}
