package intake

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/delivery"
	"github.com/feedgauge/feedgauge/processors/format"
)

// whole is a pipeline whose classes look at deliveries as a whole: one takes a record
// as one event, one each line of it.
func whole(t testing.TB) *pipeline.Pipeline {
	t.Helper()
	p := timing(t)
	for _, c := range p.Classes[:2] {
		c.Clocks, c.Whole = false, true
		c.Delivery = &pipeline.Delivery{Name: "file", Bytes: "size", Lines: "lines", Manifest: "manifest"}
	}
	return p
}

// What a delivery is does not depend on who read its records, nor on where commits
// cut.
func TestDeliveriesAreTheSameHoweverCut(t *testing.T) {
	t.Parallel()
	p := whole(t)
	rapid.Check(t, func(t *rapid.T) {
		records := make(map[feedgauge.Lane][]*feedgauge.Record)
		for _, l := range []feedgauge.Lane{lane0, lane1} {
			for i := range rapid.IntRange(0, 200).Draw(t, "records") {
				value := ""
				for range rapid.IntRange(0, 3).Draw(t, "lines") {
					value += fmt.Sprintf("{\"a\":%d}\n", rapid.IntRange(0, 99).Draw(t, "line"))
				}
				value += rapid.SampledFrom([]string{"", "\n", `{"a":`, `{"a":1}`}).Draw(t, "end")
				r := record(int64(i), []string{"json-1", "web-1"}[i%2], value, now+feedgauge.Instant(i*500))
				r.Partition = l.Partition
				if name := rapid.IntRange(0, 200).Draw(t, "file"); name < 50 {
					r.Headers = []feedgauge.Header{{Key: "file", Value: fmt.Append(nil, name)}, {Key: "lines", Value: fmt.Append(nil, name%3)}}
				}
				records[l] = append(records[l], r)
			}
		}
		want := run(t, p, records, 1, func(int) bool { return false })
		got := run(t, p, records, rapid.IntRange(1, 2).Draw(t, "workers"), func(in int) bool { return rapid.IntRange(1, in).Draw(t, "often") == 1 })
		if len(got) != len(want) {
			t.Fatalf("%d feeds and windows, want %d", len(got), len(want))
		}
		for key, f := range want {
			a, b := f.Sketches.Get(journal.DeliveryName), got[key].Sketches.Get(journal.DeliveryName)
			if a == nil || b == nil || !bytes.Equal(a.Append(nil), b.Append(nil)) {
				t.Fatalf("%s: %+v, whole %+v", key, b, a)
			}
		}
	})
}

// What intake gathers of a delivery is told as what it is: here, of one feed in one
// window, by one record after another.
func TestDeliveriesAreGathered(t *testing.T) {
	t.Parallel()
	header := func(key, value string) feedgauge.Header { return feedgauge.Header{Key: key, Value: []byte(value)} }
	announced := []feedgauge.Header{header("file", "a.log"), header("lines", "3")}
	const one, two, three = `{"a":1}`, `{"a":2}`, `{"a":3}`
	for name, tt := range map[string]struct {
		feed    string
		headers []feedgauge.Header // of the first record
		values  []string
		want    string
	}{
		"whole":                        {"json-1", announced, []string{one, two, three}, ""},
		"whole, in one record":         {"web-1", announced, []string{one + "\n" + two + "\n" + three}, ""},
		"cut off":                      {"json-1", announced, []string{one, two, `{"a":`}, `truncated: the last line of a.log is cut off, 3 lines and 19 bytes came of 3 lines: {"a":`},
		"cut off, in one record":       {"web-1", announced, []string{one + "\n" + two + "\n" + `{"a`}, `truncated: the last line of a.log is cut off, 3 lines and 19 bytes came of 3 lines: {"a`},
		"bad before the end":           {"json-1", announced, []string{one, `{"a":`, three}, ""},
		"bad, and ended":               {"web-1", announced, []string{one + "\n" + two + "\n" + `{"a` + "\n"}, ""},
		"one missing":                  {"json-1", announced, []string{one, two}, "incomplete: 2 of 3 lines of a.log came, 1 are missing"},
		"announced by manifest":        {"json-1", []feedgauge.Header{header("manifest", "")}, []string{`{"name":"b\u001b.log","size":24}`, one, two, three}, ""},
		"empty, by manifest":           {"json-1", []feedgauge.Header{header("manifest", "")}, []string{`{"name":"b.log","size":0}`}, "empty: b.log has nothing in it: 0 bytes"},
		"missing, by manifest":         {"json-1", []feedgauge.Header{header("manifest", "")}, []string{`{"name":"b\u001b.log","size":9}`}, `incomplete: 0 of 9 bytes of b\x1b.log came`},
		"nothing said, and nothing in": {"json-1", nil, []string{"", " \n"}, "empty: the delivery has nothing in it: 2 bytes"},
	} {
		in := special(t, func(p *pipeline.Pipeline) { p.Classes = whole(t).Classes })
		for i, value := range tt.values {
			r := record(int64(i), tt.feed, value, now)
			if i == 0 {
				r.Headers = tt.headers
			}
			in.Add(r, now)
		}
		s, ok := in.Tallies()[0][0].Feeds[0].Sketches.Get(journal.DeliveryName).(*delivery.Summary)
		if !ok {
			t.Fatalf("%s: nothing gathered", name)
		}
		var m delivery.Memory
		got := ""
		if f := m.Judge(s, now); f.Kind != "" {
			got = string(f.Kind) + ": " + f.Text
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// Of events in envelopes, which carry times of their own, the events alone make a
// delivery: its size, what it is known by, and its end.
func TestDeliveriesInEnvelopes(t *testing.T) {
	t.Parallel()
	var m delivery.Memory
	for i, tt := range []struct {
		unit   string
		events []string
		size   int
		want   string
	}{
		{"line", []string{"a,b", "1,2", "3,4", "5,6", "7,8"}, 20, ""},
		{"line", []string{"a,b", "1,7", "3,4", "5,6", "7,8"}, 20, ""},
		{"line", []string{"a,b", "1,2", "3,4", "5,6", "7,8"}, 20, "duplicate: x has the same 4 lines, 12 bytes, as that of 2027-01-15T08:00:30Z"},
		{"line", []string{"a,b"}, 20, "header_only: x is a header and nothing else: 1 line, 0 bytes"},
		{"line", []string{"a,b", "1,8", "3"}, 20, "truncated: the last line of x is cut off, 3 lines and 4 bytes came of 20 bytes: 3"},
		{"message", []string{"1,8", "3"}, 20, "truncated: the last line of x is cut off, 2 lines and 4 bytes came of 20 bytes: 3"},
		{"message", []string{"1,9", "2,9"}, 20, "incomplete: 6 of 20 bytes of x came"},
	} {
		in := special(t, func(p *pipeline.Pipeline) {
			p.Classes = whole(t).Classes[:1]
			c := p.Classes[0]
			c.Match, c.Unit, c.Format = []string{"*"}, tt.unit, "csv"
			c.Checker = func() (feedgauge.Checker, error) {
				o := format.Options{Fields: []string{"a", "b"}, Unit: tt.unit, Envelope: "docker", MaxLine: "1KiB"}
				return (&format.CSV{Options: o, Delimiter: ","}).Build(feedgauge.Env{})
			}
		})
		for j, event := range tt.events {
			r := record(int64(j), "a", fmt.Sprintf(`{"log":"%s\n","stream":"stdout","time":"2027-01-15T08:%02d:%02dZ"}`, event, i, j), now)
			if j == 0 {
				r.Headers = []feedgauge.Header{{Key: "file", Value: []byte("x")}, {Key: "size", Value: fmt.Append(nil, tt.size)}}
			}
			in.Add(r, now)
		}
		s, ok := in.Tallies()[0][0].Feeds[0].Sketches.Get(journal.DeliveryName).(*delivery.Summary)
		if !ok {
			t.Fatal("nothing gathered")
		}
		got := ""
		if f := m.Judge(s, now); f.Kind != "" {
			got = string(f.Kind) + ": " + f.Text
		}
		if got != tt.want {
			t.Errorf("delivery %d: %q, want %q", i, got, tt.want)
		}
	}
}
