package profile

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge/internal/figures"
)

// corpus is a file of real lines.
type corpus struct {
	path, format string
	lines        [][]byte
}

func (c *corpus) rows() int {
	n := 0
	for _, l := range c.lines {
		if len(bytes.TrimSpace(l)) > 0 && l[0] != '#' {
			n++
		}
	}
	return n
}

// corpora reads the files of a folder: those of its MANIFEST.csv.
func corpora(t *testing.T, dir string) []corpus {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "MANIFEST.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []corpus
	for _, r := range rows[1:] {
		if strings.Contains(r[0], "/broken/") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, r[0]))
		if err != nil {
			t.Fatal(err)
		}
		c := corpus{r[0], r[1], bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))}
		if c.rows() >= 20 {
			out = append(out, c)
		}
	}
	return out
}

// stream repeats the lines to at least 800.
func (c *corpus) stream() [][]byte {
	var out [][]byte
	for len(out) < 800 {
		out = append(out, c.lines...)
	}
	return out
}

func observe(lines [][]byte) []Found {
	s, g := NewStream(), NewGuesser()
	var out []Found
	for i, l := range lines {
		ev, st := g.Read(l)
		out = append(out, s.Add(ev, st, i+1)...)
	}
	return append(out, s.Flush()...)
}

// least is how many of the first 200 lines behind the break have to be broken
// for the break to be one that can be found.
const least = 40

// TestDrifts breaks the second half of streams of real lines in each way, and
// wants to be told of it within 200 lines, and of nothing while lines are whole.
// It takes the lines of testdata/logs, or those of the folder that FEEDGAUGE_LOGS
// names, if that is laid out likewise.
func TestDrifts(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("FEEDGAUGE_LOGS")
	if dir == "" {
		dir = filepath.Join("testdata", "logs")
	}
	var rows []string
	for _, c := range corpora(t, dir) {
		lines := c.stream()
		row := fmt.Sprintf("%-36s", c.path)
		for _, f := range observe(lines) {
			if !f.Info() {
				t.Errorf("%s: whole, but line %d: %s", c.path, f.Line, f.String())
			}
		}
		for _, op := range mutations {
			row += fmt.Sprintf(" %-12s", breakHalf(t, &c, lines, op))
		}
		rows = append(rows, row)
	}
	figures.Tell(t, "learned format: lines until a break was told, by what was broken; - cannot be broken so, (n) in too few lines")
	figures.Tell(t, "%-36s %s", "", strings.Join(padded(mutations), " "))
	for _, row := range rows {
		figures.Tell(t, "%s", row)
	}
}

func padded(words []string) (out []string) {
	for _, w := range words {
		out = append(out, fmt.Sprintf("%-12s", w))
	}
	return out
}

// breakHalf breaks the second half of lines and returns after how many lines that
// was told.
func breakHalf(t *testing.T, c *corpus, lines [][]byte, op string) string {
	t.Helper()
	half := len(lines) / 2
	m := &mutator{format: c.format, op: op, rnd: rand.New(rand.NewPCG(1, 2))}
	broken, changed := slices.Clone(lines), 0
	for i, l := range lines {
		if n := m.line(l); i >= half && !bytes.Equal(n, l) {
			broken[i] = n
			if i < half+200 {
				changed++
			}
		}
	}
	after := 0
	for _, f := range observe(broken) {
		told := int(f.Found) + block - 1
		switch {
		case f.Info():
		case told <= half || f.Line <= half-block:
			t.Errorf("%s, %s: line %d is whole, but: %s", c.path, op, f.Line, f.String())
		case after == 0:
			after = told - half
			t.Logf("%s, %s: line %d: %s", c.path, op, f.Line, f.String())
		}
	}
	switch {
	case changed == 0:
		return "-"
	case changed < least:
		return fmt.Sprintf("(%d)", changed)
	case after == 0 || after > 200:
		t.Errorf("%s, %s: not told within 200 lines (%d)", c.path, op, after)
		return "missed"
	}
	return fmt.Sprint(after)
}
