package demo

import (
	"bytes"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/demodata"
)

// Topics of the demo.
const (
	archiveTopic = "archive"
	liveTopic    = "live"
	lanes        = 2
)

// warmUp is how much of the live feeds' past is produced first, so that their
// trend is known when the show begins.
const warmUp = 5 * time.Minute

// liveFeed is one feed that keeps delivering while the demo runs.
type liveFeed struct {
	name  string
	gap   time.Duration // between two records
	lines [][]byte
	sent  int
	due   time.Time

	// What is done to it.
	stopped bool
	thinned bool // only two of five records are sent
	broken  bool // every other line loses its beginning
}

// liveFeeds returns some twenty feeds of three formats.
func liveFeeds() []*liveFeed {
	var out []*liveFeed
	add := func(prefix, format string, n int, gap time.Duration) {
		for i := range n {
			out = append(out, &liveFeed{
				name: fmt.Sprintf("%s-%02d", prefix, i+1), lines: demodata.Lines(format),
				gap: gap + time.Duration(i)*20*time.Millisecond,
			})
		}
	}
	add("web", "access_combined", 8, 200*time.Millisecond)
	add("app", "json", 6, 250*time.Millisecond)
	add("host", "syslog_rfc3164", 6, 300*time.Millisecond)
	return out
}

// until returns the feed's records that are due by t, each stamped with the time
// at which it was due.
func (f *liveFeed) until(t time.Time) []*kgo.Record {
	var out []*kgo.Record
	for ; !f.due.After(t); f.due = f.due.Add(f.gap) {
		f.sent++
		if f.stopped || f.thinned && f.sent%5 > 1 {
			continue
		}
		line := f.lines[f.sent%len(f.lines)]
		if f.broken && f.sent%2 == 0 {
			line = line[len(line)/3:]
		}
		out = append(out, record(liveTopic, f.name, line, f.due))
	}
	return out
}

func record(topic, feed string, line []byte, at time.Time) *kgo.Record {
	return &kgo.Record{Topic: topic, Key: []byte(feed), Value: line, Timestamp: at}
}

// archive calls fn for each record of three weeks of real traffic that end at
// now, hour by hour and in order of time within each feed. The weekdays and
// hours of the series are kept.
func archive(now time.Time, fn func(*kgo.Record)) error {
	volumes, err := demodata.Volumes()
	if err != nil {
		return fmt.Errorf("the demo's traffic: %w", err)
	}
	lines := bytes.Join(demodata.Lines("syslog_rfc3164"), []byte{'\n'})
	pool := bytes.Split(lines, []byte{'\n'})
	monday := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	last := now.Truncate(time.Hour)
	for h := demodata.Hours - 1; h >= 0; h-- {
		hour := last.Add(-time.Duration(h) * time.Hour)
		at := (int(hour.Sub(monday)/time.Hour)%demodata.Hours + demodata.Hours) % demodata.Hours
		archiveHour(volumes, at, hour, now, pool, fn)
	}
	return nil
}

// archiveHour spreads each feed's records evenly over the hour, all feeds
// together in steps of a minute, so that no lane runs far ahead of itself.
func archiveHour(volumes []demodata.Series, at int, hour, now time.Time, pool [][]byte, fn func(*kgo.Record)) {
	for minute := range 60 {
		begin := hour.Add(time.Duration(minute) * time.Minute)
		if begin.After(now) {
			return
		}
		for _, s := range volumes {
			n := s.Hours[at]
			for i := n * minute / 60; i < n*(minute+1)/60; i++ {
				fn(record(archiveTopic, "archive-"+s.Feed, pool[(at+i)%len(pool)], begin))
			}
		}
	}
}
