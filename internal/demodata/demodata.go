// Package demodata holds real traffic and real log lines for the demo: how many
// records each of some feeds sent in every hour of three weeks, and lines of
// three formats to fill them with. data/README.md names sources and licences.
package demodata

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strconv"
)

//go:embed data
var data embed.FS

// Hours is the length of every series: three weeks, from a Monday 00:00 on.
const Hours = 3 * 7 * 24

// Series is the traffic of one feed.
type Series struct {
	Feed    string
	Source  string // where the numbers come from
	Licence string // under which they may be passed on
	Hours   []int  // records in each hour, Hours of them
}

// Volumes returns the traffic of all feeds, in the order of the file. The caller
// owns the result.
func Volumes() ([]Series, error) {
	table, err := read("data/volumes.csv")
	if err != nil {
		return nil, err
	}
	sources, err := read("data/sources.csv")
	if err != nil {
		return nil, err
	}
	return assemble(table, sources)
}

// read returns the rows of an embedded CSV file, of which all are equally long.
func read(name string) ([][]string, error) {
	f, err := data.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	return rows, nil
}

// assemble turns a table of hours by feeds into series, and names the source of
// each. Row 0 of both holds headings; so does column 0 of the table.
func assemble(table, sources [][]string) ([]Series, error) {
	if len(table) != Hours+1 {
		return nil, fmt.Errorf("volumes: %d hours, want %d", len(table)-1, Hours)
	}
	var all []Series
	for column, feed := range table[0][1:] {
		s := Series{Feed: feed, Hours: make([]int, Hours)}
		for h := range s.Hours {
			n, err := strconv.Atoi(table[h+1][column+1])
			if err != nil {
				return nil, fmt.Errorf("volumes of %q, hour %d: %w", feed, h, err)
			}
			s.Hours[h] = n
		}
		if err := s.name(sources); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// name fills in the source and licence of a series.
func (s *Series) name(sources [][]string) error {
	source, licence := index(sources[0], "source"), index(sources[0], "licence")
	if source < 0 || licence < 0 {
		return fmt.Errorf("sources: no column source or licence among %q", sources[0])
	}
	for _, row := range sources[1:] {
		if row[0] == s.Feed {
			s.Source, s.Licence = row[source], row[licence]
			return nil
		}
	}
	return fmt.Errorf("sources: nothing on feed %q", s.Feed)
}

func index(headings []string, name string) int {
	for i, h := range headings {
		if h == name {
			return i
		}
	}
	return -1
}

// Lines returns sample lines of a format without line ends: access_combined,
// syslog_rfc3164 or json. It returns none for other formats. The caller owns the
// result.
func Lines(format string) [][]byte {
	b, err := fs.ReadFile(data, "data/"+format+".log")
	if err != nil {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(b, []byte{'\n'}), []byte{'\n'})
}
