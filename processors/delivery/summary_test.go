package delivery

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// drawn draws records of a few lanes with an announcement now and then, as functions
// that add each to a summary.
func drawn(t *rapid.T) (all []func(*Summary)) {
	for i := range rapid.IntRange(0, 300).Draw(t, "records") {
		value := ""
		for range rapid.IntRange(0, 3).Draw(t, "lines") {
			value += fmt.Sprintf("line %d\n", rapid.IntRange(0, 60).Draw(t, "line"))
		}
		r := Record{
			At: feedgauge.Instant(rapid.IntRange(0, 9).Draw(t, "at")), Lane: rapid.Uint64Range(0, 40).Draw(t, "lane"), Offset: int64(i),
			Value: []byte(value + rapid.SampledFrom([]string{"", "end"}).Draw(t, "end")), Single: rapid.Bool().Draw(t, "single"),
			Verdict: feedgauge.Verdict{Events: 2, Bad: rapid.IntRange(0, 1).Draw(t, "bad")}, Sample: "s",
			Tail: rapid.SampledFrom([]feedgauge.Reason{"", feedgauge.Truncated}).Draw(t, "tail"),
		}
		all = append(all, func(s *Summary) { s.Add(&r) })
		if n := rapid.Int64Range(-1, 50).Draw(t, "announced"); n < 40 {
			a := Announcement{Name: fmt.Append(nil, n/2), Shown: fmt.Sprint(n / 2), Bytes: n, Lines: n % 3, Manifest: n%5 == 0}
			all = append(all, func(s *Summary) { s.Announce(&a) })
		}
	}
	return all
}

// A summary depends on what was added, not on the order, nor on how it was cut, merged
// and written.
func TestSummariesMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := drawn(t)
		var want Summary
		for _, add := range all {
			add(&want)
		}
		parts := make([]*Summary, rapid.IntRange(1, 5).Draw(t, "parts"))
		for i := range parts {
			parts[i] = &Summary{}
		}
		for _, i := range rapid.Permutation(order(len(all))).Draw(t, "order") {
			all[i](parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")])
		}
		got := &Summary{}
		for _, i := range rapid.Permutation(order(len(parts))).Draw(t, "merged") {
			part, err := Decode(parts[i].Append(nil))
			if err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "into it") {
				got, part = part, got
			}
			got.Merge(part)
		}
		if !bytes.Equal(got.Append(nil), want.Append(nil)) {
			t.Fatalf("merged %+v, whole %+v", got, want)
		}
	})
}

func order(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Whatever bytes are read as a summary or a memory can be judged, merged and written.
func FuzzDecode(f *testing.F) {
	s, m := of(day(1), day(2)), Memory{}
	m.Judge(s, 1)
	f.Add(s.Append(nil), m.Append(nil))
	f.Fuzz(func(t *testing.T, summary, memory []byte) {
		s, err := Decode(summary)
		if err != nil {
			return
		}
		if _, err := Decode(s.Append(nil)); err != nil {
			t.Fatal(err)
		}
		m, err := Load(memory)
		if err != nil {
			m = &Memory{}
		}
		s.Merge(of(day(3)))
		m.Judge(s, 2)
		if _, err := Load(m.Append(nil)); err != nil {
			t.Fatal(err)
		}
	})
}

// A clone is not changed by what is added to the original.
func TestSummaryClone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s Summary
		for _, add := range drawn(t) {
			add(&s)
		}
		c := s.Clone()
		before := c.Append(nil)
		for _, add := range drawn(t) {
			add(&s)
		}
		if !bytes.Equal(c.Append(nil), before) {
			t.Fatal("the clone has changed")
		}
	})
}

// What is written is read again; what is cut off, or longer than can be, is refused.
func TestWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s Summary
		var m Memory
		for range rapid.IntRange(0, 20).Draw(t, "deliveries") {
			s = Summary{}
			for _, add := range drawn(t) {
				add(&s)
			}
			m.Judge(&s, 7)
		}
		summary, memory := s.Append(nil), m.Append(nil)
		if again, err := Decode(summary); err != nil || !reflect.DeepEqual(*again, s) {
			t.Fatalf("summary %+v, %v", again, err)
		}
		if again, err := Load(memory); err != nil || !reflect.DeepEqual(*again, m) {
			t.Fatalf("memory %+v, %v", again, err)
		}
		at := rapid.IntRange(0, len(memory)-1).Draw(t, "cut")
		if _, err := Load(memory[:at]); err == nil {
			t.Fatal("a cut memory was read")
		}
		if _, err := Decode(append(summary, 0)); err == nil {
			t.Fatal("a longer summary was read")
		}
	})
	for _, b := range [][]byte{nil, {0}, {version + 1}, bytes.Repeat([]byte{version}, 60)} {
		if _, err := Decode(b); err == nil {
			t.Errorf("% x was read", b)
		}
	}
}
