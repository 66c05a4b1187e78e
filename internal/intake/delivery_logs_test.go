package intake

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/delivery"
	"github.com/feedgauge/feedgauge/processors/format"
)

// realFile is a file of real lines that is delivered piece by piece.
type realFile struct {
	kind, unit string
	config     feedgauge.FormatConfig
	head, rows [][]byte
	past       delivery.Memory
}

// realFiles reads the files of testdata/logs that have enough lines, for one unit.
func realFiles(t *testing.T, unit string) (out []*realFile) {
	t.Helper()
	files, err := filepath.Glob("../../testdata/logs/*/*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f := &realFile{kind: filepath.Base(filepath.Dir(file)), unit: unit}
		f.config = format.All()[f.kind]()
		if unit == "line" {
			option := reflect.ValueOf(f.config).Elem().FieldByName("Unit")
			if !option.IsValid() {
				continue
			}
			option.SetString("line")
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f.rows = bytes.Split(bytes.TrimRight(b, "\n"), []byte{'\n'})
		for len(f.rows) > 0 && bytes.HasPrefix(f.rows[0], []byte{'#'}) {
			f.head, f.rows = append(f.head, f.rows[0]), f.rows[1:]
		}
		if len(f.rows) >= 12 {
			out = append(out, f)
		}
	}
	return out
}

// deliver sends the header and rows, and returns what is wrong with them.
func (f *realFile) deliver(t *testing.T, rows [][]byte) feedgauge.Status {
	t.Helper()
	in := special(t, func(p *pipeline.Pipeline) {
		c := pipelinetest.Class(t, "c", "raw", "*", time.Minute, 0, 0)
		c.Unit, c.Format, c.Whole = f.unit, f.kind, true
		c.Checker = func() (feedgauge.Checker, error) { return f.config.Build(feedgauge.Env{}) }
		p.Classes = []*pipeline.Class{c}
	})
	records := append(append([][]byte{}, f.head...), rows...)
	if f.unit == "line" {
		records = [][]byte{bytes.Join(records, []byte{'\n'})}
	}
	for i, value := range records {
		in.Add(record(int64(i), "a", string(value), now), now)
	}
	s, ok := in.Tallies()[0][0].Feeds[0].Sketches.Get(journal.DeliveryName).(*delivery.Summary)
	if !ok {
		t.Fatal("nothing gathered")
	}
	return f.past.Judge(s, now).Kind
}

func different(rows [][]byte) int {
	seen := map[string]bool{}
	for _, r := range rows {
		seen[string(r)] = true
	}
	return len(seen)
}

// Thirds of real files are whole; one that comes again, and a header alone, are told;
// and so is a last line cut at 45 % of its length, wherever the format can know.
// That is not so where anything is a message, as in syslog, or where a header that
// comes as a record of its own names the columns.
func TestDeliveriesOfRealLogs(t *testing.T) {
	t.Parallel()
	for unit, least := range map[string]float64{"message": 0.5, "line": 0.65} {
		files := realFiles(t, unit)
		if len(files) < 25 {
			t.Fatalf("%d files", len(files))
		}
		told := 0
		for _, f := range files {
			n := len(f.rows)
			for i := range 3 {
				if got := f.deliver(t, f.rows[i*n/3:(i+1)*n/3]); got != "" {
					t.Errorf("%s by %s: third %d is %s", f.kind, f.unit, i, got)
				}
			}
			if got := f.deliver(t, f.rows[n/3:2*n/3]); got != feedgauge.Duplicate && different(f.rows[n/3:2*n/3]) > 3 {
				t.Errorf("%s by %s: the second third again is %q", f.kind, f.unit, got)
			}
			if f.head != nil {
				if got := f.deliver(t, nil); got != feedgauge.HeaderOnly {
					t.Errorf("%s by %s: a header is %q", f.kind, f.unit, got)
				}
			}
			last := f.rows[n/2-1]
			if f.deliver(t, append(append([][]byte{}, f.rows[:n/2-1]...), last[:len(last)*45/100])) == feedgauge.StatusTruncated {
				told++
			}
		}
		if share := float64(told) / float64(len(files)); share < least {
			t.Errorf("by %s, %d of %d cut lines are told", unit, told, len(files))
		} else {
			t.Logf("by %s, %d of %d cut lines are told", unit, told, len(files))
		}
	}
}
