package backtest

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// TestRead: columns by name, rows in any order, and every row that cannot be
// used counted by its reason.
func TestRead(t *testing.T) {
	t.Parallel()
	in, err := Read(strings.NewReader("\ufeffnote, count ,timestamp,feed\r\n" +
		"x,3,2024-01-01T02:00:00Z,b\n" +
		"x,1.5,2024-01-01T01:00:00+01:00,a\n" + // midnight UTC
		"x,9,2024-01-01T02:00:00Z,b\n" + // again
		"x,0,2024-01-01T01:00:00Z,b\n" +
		"x,1,yesterday,a\n" +
		"x,-1,2024-01-01T03:00:00Z,a\n" +
		"x,NaN,2024-01-01T03:00:00Z,a\n" +
		"x,Inf,2024-01-01T03:00:00Z,a\n" +
		"x,1e16,2024-01-01T03:00:00Z,a\n" +
		"x,0x10,2024-01-01T03:00:00Z,a\n" +
		"x,,2024-01-01T03:00:00Z,a\n" +
		"x,1,2024-01-01T03:00:00Z,\n" +
		"x,1\n" +
		"x,1,2024-01-01T5:00:00Z,a\n" + // what time.Parse lets pass
		"x,1,2024-01-01T05:00:00+25:00,a\n" +
		"x,1e3,2024-01-01t04:00:00z,a\n"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(hour int) feedgauge.Instant {
		return feedgauge.InstantOf(time.Date(2024, 1, 1, hour, 0, 0, 0, time.UTC))
	}
	want := map[string][]Row{
		"a": {{at(0), 1.5}, {at(4), 1000}},
		"b": {{at(1), 0}, {at(2), 3}},
	}
	if len(in.Feeds) != 2 || in.Rows != 4 {
		t.Fatalf("%d feeds, %d rows", len(in.Feeds), in.Rows)
	}
	for _, s := range in.Feeds {
		for i, r := range s.Rows {
			if r != want[s.Feed][i] {
				t.Errorf("%s, row %d: %v, want %v", s.Feed, i, r, want[s.Feed][i])
			}
		}
	}
	rejected := map[string]int{BadTime: 3, BadCount: 6, BadFeed: 1, BadRow: 1, Duplicate: 1}
	if !maps.Equal(in.Rejected, rejected) {
		t.Errorf("rejected %v, want %v", in.Rejected, rejected)
	}
}

// TestReadMark: a byte order mark belongs neither to the name of the first column
// nor to its quotes.
func TestReadMark(t *testing.T) {
	t.Parallel()
	in, err := Read(strings.NewReader("\ufeff\"feed\",\"timestamp\",\"count\"\r\n\"a, \"\"b\"\"\",\"2024-01-01T00:00:00Z\",\"3\"\r\n"))
	if err != nil || in.Rows != 1 || in.Feeds[0].Feed != `a, "b"` {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                    "header",
		"feed,time,value\n":   `"timestamp", "count"`,
		"feed,timestamp\na,b": `"count"`,
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// FuzzRead: whatever a file holds, rows taken in are in order, within bounds and
// one a time, and none is lost without being counted.
func FuzzRead(f *testing.F) {
	f.Add("feed,timestamp,count\na,2024-01-01T00:00:00Z,1\na,2024-01-01T00:00:00Z,2\n\"a,x\n")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		n := 0
		for _, s := range in.Feeds {
			for i, r := range s.Rows {
				if !(r.Count >= 0 && r.Count <= maxCount) || i > 0 && s.Rows[i-1].Start >= r.Start {
					t.Fatalf("%q: row %v after %v", s.Feed, r, s.Rows[:i])
				}
			}
			n += len(s.Rows)
		}
		if n != in.Rows {
			t.Fatalf("%d rows, said to be %d", n, in.Rows)
		}
	})
}
