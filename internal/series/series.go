// Package series reads the series with labelled faults in testdata/series, and
// others of the same kind, as plain CSV.
package series

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// CSV returns a file of a folder of series as CSV with the columns feed, timestamp
// and count. name is without ".gz"; a file that is not packed is returned as it is.
func CSV(dir, name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return b, err
	}
	f, err := os.Open(filepath.Join(dir, name+".gz"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	zip, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", f.Name(), err)
	}
	b, err = Unpack(zip)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", f.Name(), err)
	}
	return b, nil
}

// Unpack turns lines of feed, start, length of a window and all counts into one
// line a count.
func Unpack(r io.Reader) ([]byte, error) {
	c := csv.NewReader(bufio.NewReaderSize(r, 1<<20))
	c.FieldsPerRecord = 4
	rows, err := c.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("there is no header")
	}
	var out bytes.Buffer
	out.WriteString("feed,timestamp,count\n")
	for _, row := range rows[1:] {
		at, err := time.Parse(time.RFC3339, row[1])
		if err != nil {
			return nil, err
		}
		every, err := time.ParseDuration(row[2])
		if err != nil {
			return nil, err
		}
		for _, n := range strings.Fields(row[3]) {
			if n != "-" {
				out.WriteString(row[0] + "," + at.Format(time.RFC3339) + "," + n + "\n")
			}
			at = at.Add(every)
		}
	}
	return out.Bytes(), nil
}

// Only returns the lines of some feeds, header included.
func Only(data []byte, feeds ...string) []byte {
	var out bytes.Buffer
	for i, line := range bytes.SplitAfter(data, []byte("\n")) {
		name, _, _ := bytes.Cut(line, []byte(","))
		keep := i == 0
		for _, f := range feeds {
			keep = keep || string(name) == f
		}
		if keep {
			out.Write(line)
		}
	}
	return out.Bytes()
}
