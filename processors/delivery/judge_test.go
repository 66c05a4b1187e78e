package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// file is a delivery as it is sent: each line a record, in one lane.
type file struct {
	name    string
	lines   []string
	size    int64 // announced bytes; with announced lines those of the file
	told    int64 // announced lines
	headers int   // of the lines, how many the format knows as headers
	broken  bool  // the last line breaks the format
	ended   bool  // lines come with their line ends
}

// rows are lines that are all different, and so from one day to the next.
func rows(day, n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%d,%d", day, i))
	}
	return out
}

// of sums up what came in one window.
func of(files ...file) *Summary {
	s := &Summary{}
	var offset int64
	for _, f := range files {
		if f.name != "" {
			s.Announce(&Announcement{Name: []byte(f.name), Shown: f.name, Bytes: f.size, Lines: f.told})
		}
		for i, text := range f.lines {
			r := Record{Offset: offset, Value: []byte(text), Single: true, Sample: text}
			offset++
			if f.ended {
				r.Value = append(r.Value, '\n')
			}
			if i < f.headers {
				r.Verdict.Headers = 1
			}
			if f.broken && i == len(f.lines)-1 {
				r.Tail, r.Verdict.Reason = feedgauge.Columns, feedgauge.Columns
			}
			s.Add(&r)
		}
	}
	return s
}

// day is a day's file as it should be.
func day(n int) file {
	return file{name: fmt.Sprintf("orders-%d.csv", n), lines: rows(n, 10), size: 50, told: 10}
}

// Of a delivery one thing is told, with its numbers, after four days on which all was
// well.
func TestJudge(t *testing.T) {
	t.Parallel()
	half := file{name: "orders-4.csv", lines: rows(4, 5), size: 50, told: 10}
	headed := func(f file) file {
		f.lines = append([]string{"day,number"}, f.lines...)
		f.told++
		f.size += 11
		return f
	}
	ended := func(f file) file { f.ended, f.size = true, 40; return f }
	for name, tt := range map[string]struct {
		change func(file) file // of all days before
		last   []file
		want   string
	}{
		"good":                       {last: []file{day(4)}},
		"good, nothing announced":    {last: []file{{lines: rows(4, 10)}}},
		"good, many at once":         {last: []file{day(4), day(5), day(6)}},
		"good, sizes with line ends": {last: []file{{name: "orders-4.csv", lines: rows(4, 10), size: 50, told: -1}}},
		"good, lines less a header":  {last: []file{{name: "x", lines: rows(4, 11), size: -1, told: 10, headers: 1}}},

		"empty":            {last: []file{{name: "orders-4.csv"}}, want: "empty: orders-4.csv has nothing in it: 0 bytes"},
		"empty, not told":  {last: []file{{name: "orders-4.csv", size: -1, told: -1}}, want: "empty: orders-4.csv has nothing in it: 0 bytes"},
		"one of two empty": {last: []file{day(4), {name: "orders-5.csv"}}, want: "empty: of 2 deliveries 1 had nothing in them"},
		"twice empty":      {last: []file{{name: "orders-4.csv"}, {name: "orders-4.csv"}}, want: "empty: of 2 deliveries 2 had nothing in them"},

		"a header":                {last: []file{{name: "a", lines: []string{"day,number"}, headers: 1, size: 50, told: 10}}, want: "header_only: a is a header and nothing else: 1 line, 10 bytes"},
		"a header of no format":   {headed, []file{{name: "a", lines: []string{"day,number"}, size: 50, told: 10}}, "header_only: a is a header and nothing else: 1 line, 10 bytes"},
		"one line of no format":   {last: []file{{name: "a", lines: []string{"day,number"}, size: 10, told: 1}}},
		"two, of which one row":   {headed, []file{{name: "a", lines: []string{"day,number", "4,0"}, size: 15, told: 2}}, ""},
		"the same twice":          {last: []file{day(2)}, want: "duplicate: orders-2.csv has the same 10 lines, 30 bytes, as that of 1970-01-01T00:00:02Z"},
		"the same by other name":  {last: []file{{name: "b", lines: rows(2, 10), size: 50, told: 10}}, want: "duplicate: b has the same 10 lines, 30 bytes, as that of 1970-01-01T00:00:02Z"},
		"the same, not announced": {last: []file{{lines: rows(2, 10)}}, want: "duplicate: the delivery has the same 10 lines, 30 bytes, as that of 1970-01-01T00:00:02Z"},
		"twice in a window":       {last: []file{day(4), day(4)}, want: "duplicate: all of orders-4.csv came 2 times, 20 lines in place of 10"},
		"twice, unannounced":      {last: []file{{lines: append(rows(4, 10), rows(4, 10)...)}}, want: "duplicate: all of the delivery came 2 times, 20 lines in place of 10"},
		"one of two twice":        {last: []file{day(4), day(5), day(4)}, want: "duplicate: orders-4.csv was announced 2 times with 50 bytes"},
		"one again beside another": {
			last: []file{day(4), day(1)}, want: "duplicate: orders-1.csv with 50 bytes came before, at 1970-01-01T00:00:01Z",
		},
		"a name for all days": {func(f file) file { f.name = "orders.csv"; return f }, []file{{name: "orders.csv", lines: rows(4, 10), size: 50, told: 10}}, ""},
		"one long line again": {func(f file) file { f.lines = []string{strings.Repeat(f.lines[0], 500)}; return file{lines: f.lines} },
			[]file{{lines: []string{strings.Repeat("2,0", 500)}}}, "duplicate: the delivery has the same 1 line, 1500 bytes, as that of 1970-01-01T00:00:02Z"},
		"one long line twice": {last: []file{{lines: []string{strings.Repeat("4,0", 500), strings.Repeat("4,0", 500)}}},
			want: "duplicate: all of the delivery came 2 times, 2 lines in place of 1"},
		"many short lines alike": {last: []file{{lines: slices.Repeat([]string{"4,0"}, 500)}}},
		"a mark each day":        {func(f file) file { f.lines, f.told, f.size = []string{"done"}, 1, 5; return f }, []file{{name: "y", lines: []string{"done"}, size: 5, told: 1}}, ""},
		"a name in each record": {last: []file{
			{name: "z", lines: []string{"4,0"}, size: 30, told: 3}, {name: "z", lines: []string{"4,1"}, size: 30, told: 3}, {name: "z", lines: []string{"4,2"}, size: 30, told: 3},
		}, want: "incomplete: 9 of 30 bytes of z came"},
		"two names in all records": {last: []file{
			{name: "y", lines: []string{"4,0"}, size: 6, told: 2}, {name: "z", lines: []string{"5,0"}, size: 6, told: 2},
			{name: "y", lines: []string{"4,1"}, size: 6, told: 2}, {name: "z", lines: []string{"5,1"}, size: 6, told: 2},
		}},
		"a record a file, one twice": {last: []file{
			{name: "x", lines: []string{"4,0"}, size: 3, told: 1}, {name: "y", lines: []string{"4,1"}, size: 3, told: 1},
			{name: "z", lines: []string{"4,2"}, size: 3, told: 1}, {name: "x", lines: []string{"4,0"}, size: 3, told: 1},
		}, want: "duplicate: x was announced 2 times with 3 bytes"},

		"cut off": {last: []file{{name: "a", lines: append(rows(4, 5), "4"), size: 50, told: 10, broken: true}}, want: "truncated: the last line of a is cut off, 6 lines and 16 bytes came of 10 lines: 4"},
		"cut off, line ends": {ended, []file{{name: "a", lines: rows(4, 10), size: 50, told: -1}},
			"truncated: the last line of a has no line end, as 4 of the last 4 had, 10 lines and 30 bytes came of 50 bytes"},

		"half":             {last: []file{half}, want: "incomplete: 5 of 10 lines of orders-4.csv came, 5 are missing"},
		"half of the size": {last: []file{{name: "a", lines: rows(4, 5), size: 50, told: -1}}, want: "incomplete: 15 of 50 bytes of a came"},
		"half of one":      {last: []file{half, day(5)}, want: "incomplete: 15 of 20 lines of 2 deliveries came, 5 are missing"},
		"nothing of it":    {last: []file{{name: "a", size: 50, told: 10}}, want: "incomplete: 0 of 10 lines of a came, 10 are missing"},

		"more lines":        {last: []file{{name: "a", lines: rows(4, 12), size: -1, told: 10}}, want: "surplus: 12 lines came, 10 lines of a were announced"},
		"more bytes":        {last: []file{{name: "a", lines: rows(4, 12), size: 30, told: -1}}, want: "surplus: 38 bytes came, 30 bytes of a were announced"},
		"more, one unknown": {last: []file{{name: "a", lines: rows(4, 12), size: -1, told: 10}, {name: "b", lines: rows(5, 12), size: -1, told: -1}}},
	} {
		var m Memory
		for i := range 4 {
			f := day(i)
			if tt.change != nil {
				f = tt.change(f)
			}
			if found := m.Judge(of(f), feedgauge.Instant(i*1000)); found.Kind != "" {
				t.Errorf("%s: on day %d %+v", name, i, found)
			}
		}
		got := ""
		if found := m.Judge(of(tt.last...), 4000); found.Kind != "" {
			got = string(found.Kind) + ": " + found.Text
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// A feed whose events break the format here and there is not cut off when the last
// one does.
func TestBrokenThroughout(t *testing.T) {
	t.Parallel()
	for every, want := range map[int]feedgauge.Status{0: feedgauge.StatusTruncated, 200: feedgauge.StatusTruncated, 50: ""} {
		s := &Summary{}
		for i := range 300 {
			r := Record{Offset: int64(i), Value: []byte(rows(0, i+1)[i]), Single: true}
			if i == 299 || every > 0 && i%every == 1 {
				r.Tail, r.Verdict.Reason = feedgauge.Truncated, feedgauge.Truncated
			}
			s.Add(&r)
		}
		var m Memory
		if got := m.Judge(s, 0).Kind; got != want {
			t.Errorf("one in %d broken: %q, want %q", every, got, want)
		}
	}
}

// A feed whose lines always come in pairs is told of once.
func TestPairs(t *testing.T) {
	t.Parallel()
	var m Memory
	for i := range 4 {
		want := feedgauge.Status("")
		if i == 0 {
			want = feedgauge.Duplicate
		}
		if got := m.Judge(of(file{lines: append(rows(i, 10), rows(i, 10)...)}), 0); got.Kind != want {
			t.Errorf("day %d: %+v", i, got)
		}
	}
	if got := m.Judge(of(file{lines: slices.Repeat(rows(9, 10), 4)}), 0); got.Kind != feedgauge.Duplicate || got.Text != "all of the delivery came 4 times, 40 lines in place of 10" {
		t.Errorf("pairs that came twice: %+v", got)
	}
}

// One delivery without a line end does not undo the habit; a feed that has changed is
// told of twice.
func TestHabit(t *testing.T) {
	t.Parallel()
	var m Memory
	for i, ended := range []bool{true, true, true, false, true, true, false, false, false} {
		want := feedgauge.Status("")
		if i == 3 || i == 6 {
			want = feedgauge.StatusTruncated
		}
		if got := m.Judge(of(file{lines: rows(i, 10), ended: ended}), 0).Kind; got != want {
			t.Errorf("delivery %d: %q, want %q", i, got, want)
		}
	}
}

// Only the last deliveries are remembered, and none that was a header or empty.
func TestForgotten(t *testing.T) {
	t.Parallel()
	var m Memory
	m.Judge(of(file{name: "none"}), 0)
	m.Judge(of(file{name: "head", lines: []string{"day,number"}, headers: 1, told: 1, size: 11}), 0)
	for i := range maxPast + 1 {
		m.Judge(of(day(i)), feedgauge.Instant(i))
	}
	if got := len(m.past); got != maxPast {
		t.Errorf("%d remembered", got)
	}
	if got := m.Judge(of(day(0)), 99); got.Kind != "" {
		t.Errorf("the forgotten one is %+v", got)
	}
	if got := m.Judge(of(day(2)), 100); got.Kind != feedgauge.Duplicate || !strings.Contains(got.Text, "1970-01-01T00:00:00.002Z") {
		t.Errorf("one remembered is %+v", got)
	}
}
