//go:build ignore

// This program made the files in data/ from two collections that are not part
// of the tree: a folder of traffic series (data.csv with feed, timestamp and
// count; feeds.csv with source and licence of each) and a folder of log files.
//
//	go run generate.go -series DIR -logs DIR
package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	hours  = 3 * 7 * 24
	budget = 180_000 // records over all feeds
)

// stretch is one feed of the demo: three weeks of a series from a Monday on.
type stretch struct {
	feed, series, from string
	faults             string
}

var stretches = []stretch{
	{"taxi-rides", "nyc_taxi_30m", "2014-07-07", ""},
	{"taxi-rides-2", "nyc_taxi_30m", "2014-11-17", "drop to half, hours 33 to 36; silent, hours 97 to 109; all but silent, hours 368 to 380"},
	{"bikes-members", "capbike_registered_1h", "2012-04-23", ""},
	{"bikes-members-2", "capbike_registered_1h", "2012-09-17", "threefold, hour 7; drop to half, hours 88 to 112; to a quarter, hours 170 to 194; silent, hours 414 to 422"},
	{"bikes-guests", "capbike_casual_1h", "2011-04-25", ""},
	{"trail-walkers", "bgt_ped_south_1h", "2014-04-07", ""},
	{"trail-bikes", "bgt_bike_north_1h", "2015-03-30", ""},
	{"bridge-bikes", "fremont_west_1h", "2014-04-07", ""},
	{"bridge-bikes-2", "fremont_west_1h", "2014-06-09", "drop to half, hours 151 to 175 and 248 to 416"},
	{"motorway-cars", "metro_i94_1h", "2017-06-05", "threefold, hour 201; silent, hours 260 to 262; double, hours 444 to 450"},
	{"tweets-tech", "tweets_aapl_5m", "2015-03-02", "unusual peaks, not injected"},
	{"tweets-sales", "tweets_crm_5m", "2015-03-02", "unusual peaks, not injected"},
	{"tweets-pharmacy", "tweets_cvs_5m", "2015-03-02", "unusual peak, not injected"},
	{"nightly-batch", "sim_nightly1_1h", "2024-01-01", ""},
	{"heartbeat", "sim_heartbeat1_1h", "2024-01-01", ""},
	{"seldom", "sim_poisson_low1_1h", "2024-01-01", ""},
}

// licences of the sources, as data/README.md explains them.
var licences = map[string]string{
	"NAB nyc_taxi":                 "MIT",
	"NAB realTweets":               "MIT",
	"UCI Bike Sharing":             "CC BY 4.0",
	"UCI Metro Interstate Traffic": "CC BY 4.0",
	"Burke-Gilman trail counter":   "public domain",
	"Fremont bridge":               "public domain",
	"simulated":                    "CC0 1.0",
}

// excerpt is a run of lines of one log file, those longer than most left out.
type excerpt struct {
	file        string
	lines, most int
}

var samples = map[string][]excerpt{
	"access_combined.log": {{"access_combined/elastic_apache.log", 250, 200}},
	"syslog_rfc3164.log":  {{"syslog_rfc3164/elastic_auth.log", 300, 400}},
	"json.log": {
		{"zeek_json/zat_conn.json", 50, 2000},
		{"zeek_json/zat_dns.json", 50, 2000},
		{"zeek_json/zat_http.json", 28, 2000},
		{"zeek_json/zat_ssl.json", 26, 2000},
	},
}

func main() {
	log.SetFlags(0)
	series := flag.String("series", "", "folder of data.csv and feeds.csv")
	logs := flag.String("logs", "", "folder of log files, by format")
	flag.Parse()
	if err := volumes(*series); err != nil {
		log.Fatal(err)
	}
	for name, excerpts := range samples {
		if err := sample(filepath.Join("data", name), *logs, excerpts); err != nil {
			log.Fatal(err)
		}
	}
}

func volumes(dir string) error {
	counts, err := read(filepath.Join(dir, "data.csv"))
	if err != nil {
		return err
	}
	origins, err := read(filepath.Join(dir, "feeds.csv"))
	if err != nil {
		return err
	}
	hourly := make([][]int, len(stretches))
	for i, s := range stretches {
		if hourly[i], err = cut(counts, s, window(origins, s.series)); err != nil {
			return err
		}
	}
	share := largestShare(hourly)
	table := [][]string{{"hour"}}
	for h := range hours {
		table = append(table, []string{strconv.Itoa(h)})
	}
	sources := [][]string{{"feed", "series", "from", "records_before_scaling", "records", "source", "licence", "faults"}}
	for i, s := range stretches {
		before, origin := sum(hourly[i]), column(origins, s.series, 7)
		if licences[origin] == "" {
			return fmt.Errorf("%s: no licence known of %q", s.feed, origin)
		}
		scaled := scale(hourly[i], min(share, before))
		table[0] = append(table[0], s.feed)
		for h, n := range scaled {
			table[h+1] = append(table[h+1], strconv.Itoa(n))
		}
		sources = append(sources, []string{s.feed, s.series, s.from, strconv.Itoa(before), strconv.Itoa(sum(scaled)),
			origin, licences[origin], s.faults})
	}
	if err := write("data/volumes.csv", table); err != nil {
		return err
	}
	return write("data/sources.csv", sources)
}

// cut sums the windows of a stretch to hours; every window must be there.
func cut(rows [][]string, s stretch, minutes int) ([]int, error) {
	from, err := time.Parse(time.DateOnly, s.from)
	if err != nil {
		return nil, err
	}
	if from.Weekday() != time.Monday {
		return nil, fmt.Errorf("%s: %s is no Monday", s.feed, s.from)
	}
	out, seen := make([]int, hours), 0
	for _, row := range rows {
		if row[0] != s.series {
			continue
		}
		t, err := time.Parse(time.RFC3339, row[1])
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(row[2])
		if err != nil {
			return nil, err
		}
		if h := int(t.Sub(from) / time.Hour); !t.Before(from) && h < hours {
			out[h] += n
			seen++
		}
	}
	if want := hours * 60 / minutes; seen != want {
		return nil, fmt.Errorf("%s: %d windows, want %d", s.feed, seen, want)
	}
	return out, nil
}

// largestShare finds how many records one feed may have at most, so that all
// together stay within the budget.
func largestShare(hourly [][]int) int {
	for share := budget; ; share-- {
		total := 0
		for _, h := range hourly {
			total += min(share, sum(h))
		}
		if total <= budget {
			return share
		}
	}
}

// scale spreads to records over the hours as they were spread before. Rounding
// is carried on to the next hour, so that nothing is lost on small counts.
func scale(counts []int, to int) []int {
	total, before, given := sum(counts), 0, 0
	out := make([]int, len(counts))
	for i, n := range counts {
		before += n
		out[i] = before*to/total - given
		given += out[i]
	}
	return out
}

func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

func window(origins [][]string, series string) int {
	minutes, err := strconv.Atoi(column(origins, series, 1))
	if err != nil {
		log.Fatal(err)
	}
	return minutes
}

func column(origins [][]string, series string, i int) string {
	for _, row := range origins {
		if row[0] == series {
			return row[i]
		}
	}
	log.Fatalf("series %q is not in feeds.csv", series)
	return ""
}

func read(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return csv.NewReader(bufio.NewReader(f)).ReadAll()
}

func write(path string, rows [][]string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func sample(path, dir string, excerpts []excerpt) error {
	var out bytes.Buffer
	for _, e := range excerpts {
		b, err := os.ReadFile(filepath.Join(dir, e.file))
		if err != nil {
			return err
		}
		left := e.lines
		for line := range bytes.Lines(b) {
			line = bytes.TrimRight(line, "\r\n")
			if left == 0 || len(line) == 0 || len(line) > e.most {
				continue
			}
			out.Write(line)
			out.WriteByte('\n')
			left--
		}
		if left > 0 {
			return fmt.Errorf("%s: %d lines too few", e.file, left)
		}
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
