package profile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// event is an event for tests: fields as "name=value".
func event(text, kind string, fields ...string) *feedgauge.Event {
	ev := &feedgauge.Event{Text: []byte(text), Kind: []byte(kind)}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		ev.Fields = append(ev.Fields, feedgauge.Field{Name: []byte(name), Value: []byte(value)})
	}
	return ev
}

// drawn is a record drawn for a property.
type drawn struct {
	ev   *feedgauge.Event
	st   Structure
	hash uint64
}

// records draws records of many kinds and fields, so that all bounds are reached.
func records(t *rapid.T) []drawn {
	width := rapid.SampledFrom([]int{3, 20, 140}).Draw(t, "width")
	kinds := rapid.SampledFrom([]int{1, 5, 60}).Draw(t, "kinds")
	long := rapid.SampledFrom([]int{1, 30}).Draw(t, "long")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) drawn {
		var fields []string
		for range rapid.IntRange(0, min(width, 60)).Draw(t, "n") {
			i := rapid.IntRange(0, width).Draw(t, "field")
			fields = append(fields, fmt.Sprintf("f%0*d=%s", long, i, rapid.SampledFrom([]string{"", "1", "x", "10.0.0.1"}).Draw(t, "value")))
		}
		kind := fmt.Sprintf("kind%d", rapid.IntRange(0, kinds).Draw(t, "kind"))
		st := rapid.SampledFrom([]Structure{JSON, Commas, Header, Encoded}).Draw(t, "structure")
		hash := rapid.Uint64().Draw(t, "hash") >> rapid.IntRange(0, 40).Draw(t, "shift")
		return drawn{event(strings.Join(fields, " "), kind, fields...), st, hash}
	}), 0, 60).Draw(t, "records")
}

func profileOf(rs []drawn) *Profile {
	p := New()
	for _, r := range rs {
		p.Add(r.ev, r.st, r.hash)
	}
	return p
}

func TestMergeDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rs := records(t)
		whole := profileOf(rs).Append(nil)
		// Deal the records out to a few, some of which know what others left out,
		// and merge in any order, some by way of the written form.
		dealt := []*Profile{New(), New(), New(), New()}
		for _, r := range rs {
			i := rapid.IntRange(0, 3).Draw(t, "to")
			if rapid.IntRange(0, 9).Draw(t, "cut") == 0 { // a commit: begin anew with the level that is known
				next := New()
				dealt[i].Append(nil)
				next.Raise(dealt[i].Level())
				dealt = append(dealt, dealt[i])
				dealt[i] = next
			}
			dealt[i].Add(r.ev, r.st, r.hash)
		}
		for len(dealt) > 1 {
			i := rapid.IntRange(1, len(dealt)-1).Draw(t, "merge")
			j := rapid.IntRange(0, i-1).Draw(t, "into")
			from := dealt[i]
			if rapid.Bool().Draw(t, "written") {
				var err error
				if from, err = Decode(from.Append(nil)); err != nil {
					t.Fatal(err)
				}
			}
			dealt[j].Merge(from)
			dealt = slices.Delete(dealt, i, i+1)
		}
		if got := dealt[0].Append(nil); !bytes.Equal(got, whole) {
			t.Fatalf("merged\n%q\nwhole\n%q", got, whole)
		}
		if len(whole) > MaxSize {
			t.Fatalf("%d bytes", len(whole))
		}
	})
}

func TestBounds(t *testing.T) {
	t.Parallel()
	p := New()
	for i := range 3000 {
		var fields []string
		for j := range 120 {
			fields = append(fields, fmt.Sprintf("some.longer.name.of.a.field.%d.%d=%d", i%7, j, i))
		}
		p.Add(event(strings.Repeat("x", 500), fmt.Sprintf("kind-%d", i%50), fields...), JSON, uint64(i)*0x9e3779b97f4a7c15)
		if p.Records() > MaxRecords {
			t.Fatalf("%d records after %d", p.Records(), i)
		}
	}
	if n := len(p.Append(nil)); n > MaxSize || n < MaxSize/4 {
		t.Errorf("%d bytes", n)
	}
	if len(p.samples) != maxSamples {
		t.Errorf("%d samples", len(p.samples))
	}
}

func TestSamplesMostRecordsOfAFewAndAFewOfMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 200, 1000, 100_000} {
		p := New()
		for i := range n {
			p.Add(event("a line", "", "f=1"), Plain, (uint64(i)+1)*0x9e3779b97f4a7c15)
		}
		if got := p.Records(); got > MaxRecords || got < min(n, MaxRecords/8) {
			t.Errorf("of %d records %d are in", n, got)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	good := profileOf([]drawn{{event("x", "k", "a=1"), JSON, 7}}).Append(nil)
	for n := range good {
		if _, err := Decode(good[:n]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	if _, err := Decode(append([]byte{version + 1}, good[1:]...)); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer version: %v", err)
	}
	if _, err := Decode(append(good, 0)); !errors.Is(err, ErrMalformed) {
		t.Errorf("bytes behind: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(profileOf([]drawn{{event("x", "k", "a=1", "b="), JSON, 7}, {event("y", "", "a=x"), Commas, 1 << 60}}).Append(nil))
	f.Add([]byte{1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b)
		if err != nil {
			return
		}
		l := NewLearner(0)
		l.Observe(p, 0)
		p.Merge(p)
		if _, err := Decode(p.Append(nil)); err != nil {
			t.Errorf("written anew it cannot be read: %v", err)
		}
	})
}

// FuzzGuesser holds that any line can be taken apart, that what is found lies in
// the line, and that it says the same twice.
func FuzzGuesser(f *testing.F) {
	for _, s := range []string{
		`{"a":{"b":[1,{"c":null}]},"EventID":4624}`, `<34>1 2003-10-11T22:14:15.003Z host app 1 ID47 [a@1 b="c"] {"x":1}`,
		`<13>Feb  5 17:32:18 10.0.0.99 %ASA-6-302013: Built`, `CEF:0|v|p|1|100|n|5|src=1.2.3.4 msg=a b\=c dst=x`,
		"LEEF:2.0|v|p|1|id|^|a=1\tb=2", `1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23 "-" "x"`,
		`level=info msg="a b" n=1`, "a\tb\tc\td\te\tf", `<Event><System><EventID>1</EventID><Data Name='x'>y</Data></System></Event>`,
		"2015-01-13 00:32:17 10.0.0.1 GET /x - 80 - 1.2.3.4 - 404 0", "#Fields: a b", "", "\xff\xfe",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, again := NewGuesser(), NewGuesser()
		ev, st := g.Read(b)
		ev2, st2 := again.Read(b)
		if st != st2 || len(ev.Fields) != len(ev2.Fields) || len(ev.Fields) > maxFields {
			t.Fatalf("%v with %d fields, then %v with %d", st, len(ev.Fields), st2, len(ev2.Fields))
		}
		p := New()
		p.Add(ev, st, 1)
		if _, err := Decode(p.Append(nil)); err != nil {
			t.Fatal(err)
		}
	})
}
