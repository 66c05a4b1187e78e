package scenario_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/feedgauge/feedgauge"
)

// deliveriesHCL has no rules: what is told is what a class with deliveries tells by
// itself.
const deliveriesHCL = `
source "batches" "files" { feed = ["key"] }
class "orders" {
  match = ["*"]
  delivery {
    schedule = "0 2 * * *"
    deadline = "1h"
    name     = "file"
    bytes    = "size"
    lines    = "lines"
    manifest = "manifest"
    whole    = %v
  }
  format "csv" {
    fields = ["day", "number", "amount"]
    %s
  }
  forecast "adaptive" { measures = ["events", "bytes"] }
}
`

// csv is the file of a night as its sender has it.
type csv struct {
	name string
	rows []string
}

// delivered is how the file of the bad night arrives.
type delivered struct {
	files    []csv // what comes
	announce []csv // what is announced, with the file of the same place
}

// Of a night on which the file does not come as it should one thing is told, by its
// name and with numbers, and that all is well the night after. Nights before and
// after, of which each file is another, raise nothing.
func TestDeliveriesThatAreNotWhole(t *testing.T) {
	t.Parallel()
	const header = "day,number,amount"
	part := func(c csv, n int) csv { return csv{c.name, c.rows[:n]} }
	for name, tt := range map[string]struct {
		change func(today, yesterday csv) delivered
		want   string // the message of the alert, in which %s is the name of the file
	}{
		"whole": {func(c, _ csv) delivered { return delivered{[]csv{c}, []csv{c}} }, ""},
		"not announced": {func(c, _ csv) delivered {
			return delivered{[]csv{{rows: c.rows}}, []csv{{}}}
		}, ""},
		"zero bytes": {func(c, _ csv) delivered {
			return delivered{[]csv{{name: c.name}}, []csv{{name: c.name}}}
		}, "empty: orders: %s has nothing in it: 0 bytes"},
		"header only": {func(c, _ csv) delivered {
			return delivered{[]csv{{c.name, []string{header}}}, []csv{c}}
		}, "header_only: orders: %s is a header and nothing else: 1 line, 17 bytes"},
		"last line cut off": {func(c, _ csv) delivered {
			return delivered{[]csv{{c.name, append(slices.Clone(c.rows[:40]), c.rows[40][:12])}}, []csv{c}}
		}, "truncated: orders: the last line of %s is cut off, 41 lines and 8"},
		"yesterday's": {func(c, y csv) delivered {
			y.name = c.name
			return delivered{[]csv{y}, []csv{y}}
		}, "duplicate: orders: %s has the same 61 lines, "},
		"twice": {func(c, _ csv) delivered {
			return delivered{[]csv{c, c}, []csv{c, c}}
		}, "duplicate: orders: all of "},
		"yesterday's beside today's": {func(c, y csv) delivered {
			return delivered{[]csv{c, y}, []csv{c, y}}
		}, "duplicate: orders: "},
		"fewer lines": {func(c, _ csv) delivered {
			return delivered{[]csv{part(c, 50)}, []csv{c}}
		}, "incomplete: orders: 50 of 61 lines of %s came, 11 are missing"},
		"much fewer lines": {func(c, _ csv) delivered {
			return delivered{[]csv{part(c, 5)}, []csv{c}}
		}, "incomplete: orders: 5 of 61 lines of %s came, 56 are missing"},
		"more lines": {func(c, y csv) delivered {
			return delivered{[]csv{{c.name, append(slices.Clone(c.rows), y.rows[1:10]...)}}, []csv{c}}
		}, "surplus: orders: 70 lines came, 61 lines of %s were announced"},
	} {
		for form, unit := range map[string]string{"by records": "", "in one record": `unit = "line"`} {
			t.Run(name+" "+form, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { badNight(t, true, unit, tt.change, tt.want) })
			})
		}
	}
}

// Without a look at deliveries as a whole the forecast tells the same night.
func TestDeliveriesNotLookedAt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		badNight(t, false, "", func(c, _ csv) delivered {
			return delivered{[]csv{{c.name, c.rows[:5]}}, []csv{c}}
		}, "short: orders: ")
	})
}

// badNight delivers a file each night, one of them changed, and looks at what is told.
func badNight(t *testing.T, whole bool, unit string, change func(today, yesterday csv) delivered, want string) {
	t.Helper()
	bad := time.Now().AddDate(0, 0, -10).Truncate(24 * time.Hour)
	r := rand.New(rand.NewPCG(1, 2))
	var records []feedgauge.Record
	var yesterday csv
	for day := bad.AddDate(0, 0, -100); day.Before(time.Now()); day = day.AddDate(0, 0, 1) {
		today := csv{name: day.Format("orders-2006-01-02.csv"), rows: []string{"day,number,amount"}}
		for i := range 60 {
			today.rows = append(today.rows, fmt.Sprintf("%s,%02d,%07d", day.Format(time.DateOnly), i, r.IntN(1e7)))
		}
		d := delivered{[]csv{today}, []csv{today}}
		if day.Equal(bad) {
			d = change(today, yesterday)
		}
		at := day.Add(130 * time.Minute)
		for i, c := range d.files {
			records = appendCSV(records, at.Add(time.Duration(i)*10*time.Minute), unit != "", c, d.announce[i])
		}
		yesterday = today
	}
	got := batched(t, fmt.Sprintf(deliveriesHCL, whole, unit), records)
	if want == "" {
		if len(got) > 0 {
			t.Errorf("told %q", got)
		}
		return
	}
	kind, message, _ := strings.Cut(want, ": ")
	message = strings.ReplaceAll(message, "%s", bad.Format("orders-2006-01-02.csv"))
	opened := fmt.Sprintf("%s open at %v: %s", kind, feedgauge.InstantOf(bad.Add(3*time.Hour)), message)
	closed := fmt.Sprintf("%s close at %v: ", kind, feedgauge.InstantOf(bad.Add(27*time.Hour)))
	if len(got) != 2 || !strings.HasPrefix(got[0], opened) || !strings.HasPrefix(got[1], closed) {
		t.Errorf("told %q, want %q and %q", got, opened, closed)
	}
}

// appendCSV adds the records of a file: one with all of it, or one a line, of which
// the first announces it. A file without lines is told by a manifest.
func appendCSV(records []feedgauge.Record, at time.Time, whole bool, c, said csv) []feedgauge.Record {
	add := func(value string, headers ...feedgauge.Header) {
		at = at.Add(10 * time.Millisecond)
		records = append(records, feedgauge.Record{
			Topic: "files", Offset: int64(len(records)), Key: []byte("orders"), Value: []byte(value), Headers: headers, Time: feedgauge.InstantOf(at),
		})
	}
	size := len(strings.Join(said.rows, "\n"))
	if len(c.rows) == 0 {
		add(fmt.Sprintf(`{"name":%q,"size":%d,"lines":%d}`, said.name, size, len(said.rows)), feedgauge.Header{Key: "manifest"})
		return records
	}
	var headers []feedgauge.Header
	if said.name != "" {
		headers = []feedgauge.Header{
			{Key: "file", Value: []byte(said.name)}, {Key: "size", Value: strconv.AppendInt(nil, int64(size), 10)},
			{Key: "lines", Value: strconv.AppendInt(nil, int64(len(said.rows)), 10)},
		}
	}
	if whole {
		add(strings.Join(c.rows, "\n"), headers...)
		return records
	}
	for i, row := range c.rows {
		if i > 0 {
			headers = nil
		}
		add(row, headers...)
	}
	return records
}
