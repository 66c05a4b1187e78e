package format

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// stopwatch notes the longest run of each parser on inputs that were made long by
// saying a part of them again and again, so that time that grows faster than the input
// shows. It only tells: how long something takes is a matter of the machine.
//
// The workers of a fuzz test are processes of their own, which end without a word. So
// what they find goes to files in dir, one a parser and process; scripts/fuzz.sh
// prints the longest of them.
type stopwatch struct {
	dir     string // nothing is measured if it is empty
	longest map[string]time.Duration
}

// grownTo is the length of the inputs that are timed.
const grownTo = 64 << 10

// time times one input of sixteen.
func (w *stopwatch) time(t *testing.T, parser string, c feedgauge.Checker, value []byte) {
	h := fnv.New64a()
	h.Write(value)
	if w.dir == "" || len(value) == 0 || h.Sum64()%16 != 0 {
		return
	}
	long := grown(value, int(h.Sum64()>>8%1e6), int(h.Sum64()>>32%1e6))
	took := runTime(c, long)
	for range 3 { // what else the machine did is no part of it
		if took <= w.longest[parser] {
			return
		}
		took = min(took, runTime(c, long))
	}
	w.longest[parser] = took
	file := filepath.Join(w.dir, fmt.Sprintf("%s.%d", parser, os.Getpid()))
	line := fmt.Sprintf("%d %d %.60q...\n", took.Microseconds(), len(long), long)
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
}

func runTime(c feedgauge.Checker, value []byte) time.Duration {
	start := time.Now() //nolint:forbidigo // how long something takes is what is asked
	c.Check(&feedgauge.Record{Value: value})
	return time.Since(start) //nolint:forbidigo // the same
}

// grown returns value with a part of it, from one place to another, said so often that
// it gets long.
func grown(value []byte, from, to int) []byte {
	from, to = from%len(value), to%len(value)
	if from > to {
		from, to = to, from
	}
	part := value[from : to+1]
	out := append([]byte(nil), value[:from]...)
	out = append(out, bytes.Repeat(part, max(1, grownTo/len(part)))...)
	return append(out, value[to+1:]...)
}

func TestGrown(t *testing.T) {
	if got := string(grown([]byte("abc"), 1, 4)); got != "a"+strings.Repeat("b", grownTo)+"c" {
		t.Errorf("got %.10s of %d bytes", got, len(got))
	}
	if got := string(grown([]byte("abc"), 5, 0)); got != strings.Repeat("abc", grownTo/3) {
		t.Errorf("got %.10s of %d bytes", got, len(got))
	}
}

// TestStopwatch: the longest run is kept, and told in a file.
func TestStopwatch(t *testing.T) {
	w := stopwatch{t.TempDir(), map[string]time.Duration{}}
	c := newChecker(t, "json")
	for i := range 200 {
		w.time(t, "json", c, fmt.Appendf(nil, `{"a":%d}`, i))
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "json.*"))
	if err != nil || len(files) != 1 || w.longest["json"] == 0 {
		t.Fatalf("%q, %v, %v", files, err, w.longest)
	}
	var micros, size int
	b, err := os.ReadFile(files[0])
	if _, bad := fmt.Sscan(string(b), &micros, &size); err != nil || bad != nil || micros != int(w.longest["json"].Microseconds()) || size < grownTo/2 {
		t.Errorf("%q, %v, %v", b, err, bad)
	}
}
