// Package backtest runs the chain of a class over history in a CSV file, as the
// monitor would have run it, and tells what it would have found. Nothing from
// after a window has a part in what is said of it.
package backtest

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Reasons for which a row is rejected.
const (
	BadRow    = "bad_row"   // it cannot be split into columns
	BadFeed   = "bad_feed"  // its feed has no name, or one that no feed may have
	BadTime   = "bad_time"  // its timestamp is not RFC 3339
	BadStep   = "bad_step"  // its feed has windows of a length that the forecast does not take
	BadCount  = "bad_count" // its count is not a decimal number from 0 to 1e15
	OffGrid   = "off_grid"  // it does not begin where a window of its feed does
	Duplicate = "duplicate" // there is an earlier row of its feed and window
)

// maxCount is above every count there is; a float64 holds each integer below it.
const maxCount = 1e15

// Row is one window of a feed.
type Row struct {
	Start feedgauge.Instant
	Count float64
}

// Series is the history of one feed, rows in order of time, one a window.
type Series struct {
	Feed string
	Rows []Row
}

// Input is what a file holds, feeds sorted by name.
type Input struct {
	Feeds    []*Series
	Rows     int            // taken in
	Rejected map[string]int // by reason
}

// Collect makes an input of rows by feed, in any order, and of what was rejected
// before. It keeps both.
func Collect(rows map[string][]Row, rejected map[string]int) *Input {
	in := &Input{Rejected: rejected}
	feeds := make(map[string]*Series, len(rows))
	for name, r := range rows {
		feeds[name] = &Series{Feed: name, Rows: r}
	}
	in.sort(feeds)
	return in
}

// columns are the places of the columns we need.
type columns struct{ feed, timestamp, count int }

// Read reads a CSV file with a header that names the columns feed, timestamp and
// count, in any order and among others. Rows that cannot be used are counted.
// Rows of a feed may come in any order; of several with one time the first is
// kept. An error is one of reading, or a header without the columns.
func Read(r io.Reader) (*Input, error) {
	c := csv.NewReader(unmarked(r))
	c.FieldsPerRecord, c.ReuseRecord, c.LazyQuotes = -1, true, true
	cols, err := header(c)
	if err != nil {
		return nil, err
	}
	in := &Input{Rejected: map[string]int{}}
	feeds := map[string]*Series{}
	for {
		rec, err := c.Read()
		var syntax *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			in.sort(feeds)
			return in, nil
		case errors.As(err, &syntax):
			in.Rejected[BadRow]++
			continue
		case err != nil:
			return nil, fmt.Errorf("reading: %w", err)
		}
		name, row, reason := cols.parse(rec)
		if reason != "" {
			in.Rejected[reason]++
			continue
		}
		s := feeds[name]
		if s == nil {
			s = &Series{Feed: strings.Clone(name)}
			feeds[s.Feed] = s
		}
		s.Rows = append(s.Rows, row)
	}
}

// unmarked skips the byte order mark that spreadsheets put before a file. Left to
// stand, it would take the quotes of the first column for a part of its name.
func unmarked(r io.Reader) io.Reader {
	const mark = "\ufeff"
	b := bufio.NewReader(r)
	if head, _ := b.Peek(len(mark)); string(head) == mark { // what fails to be read fails again
		_, _ = b.Discard(len(mark))
	}
	return b
}

func header(c *csv.Reader) (columns, error) {
	rec, err := c.Read()
	if err != nil {
		return columns{}, fmt.Errorf("reading the header: %w", err)
	}
	names := slices.Clone(rec)
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	cols := columns{slices.Index(names, "feed"), slices.Index(names, "timestamp"), slices.Index(names, "count")}
	var missing []string
	for _, n := range []struct {
		name string
		at   int
	}{{"feed", cols.feed}, {"timestamp", cols.timestamp}, {"count", cols.count}} {
		if n.at < 0 {
			missing = append(missing, strconv.Quote(n.name))
		}
	}
	if missing != nil {
		return cols, fmt.Errorf("the header has no column %s", strings.Join(missing, ", "))
	}
	return cols, nil
}

// parse reads one row; reason is empty if it can be used.
func (c columns) parse(rec []string) (feed string, row Row, reason string) {
	if len(rec) <= max(c.feed, c.timestamp, c.count) {
		return "", row, BadRow
	}
	feed = rec[c.feed]
	if !feedgauge.GoodName([]byte(feed)) {
		return "", row, BadFeed
	}
	at, err := instant(strings.TrimSpace(rec[c.timestamp]))
	if err != nil {
		return "", row, BadTime
	}
	row.Start = feedgauge.InstantOf(at)
	var ok bool
	if row.Count, ok = decimal(strings.TrimSpace(rec[c.count])); !ok {
		return "", row, BadCount
	}
	return feed, row, ""
}

// instant reads a time in RFC 3339, which allows small letters. What time.Parse lets
// pass besides, hours of one digit and decimal commas, is refused.
func instant(s string) (time.Time, error) {
	if strings.Contains(s, ",") || len(s) > 12 && s[12] == ':' {
		return time.Time{}, errors.New("not as RFC 3339 has it")
	}
	return time.Parse(time.RFC3339Nano, strings.ToUpper(s))
}

// decimal reads a number from 0 to maxCount; other notations than decimal, which
// the standard library would take, are refused.
func decimal(s string) (float64, bool) {
	if strings.ContainsAny(s, "xXpP_") {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= maxCount) {
		return 0, false
	}
	return v + 0, true // no negative zero
}

func (in *Input) sort(feeds map[string]*Series) {
	for _, s := range feeds {
		slices.SortStableFunc(s.Rows, func(a, b Row) int { return int(min(max(a.Start-b.Start, -1), 1)) })
		n := len(s.Rows)
		s.Rows = slices.CompactFunc(s.Rows, func(a, b Row) bool { return a.Start == b.Start })
		in.reject(Duplicate, n-len(s.Rows))
		in.Rows += len(s.Rows)
		in.Feeds = append(in.Feeds, s)
	}
	slices.SortFunc(in.Feeds, func(a, b *Series) int { return strings.Compare(a.Feed, b.Feed) })
}

func (in *Input) reject(reason string, n int) {
	if n > 0 {
		in.Rejected[reason] += n
	}
}
