package format

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// TestSenders holds formats against lines as senders write them, and against
// broken ones: testdata/senders has a file of each, its README says how to read
// them.
func TestSenders(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "senders", "*.txt"))
	if err != nil || len(files) < 25 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		marked := bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
		lines := make([][]byte, len(marked))
		for i, l := range marked {
			lines[i] = l[2:]
		}
		s, ok := NewStream(newChecker(t, name))
		if !ok {
			t.Fatalf("%s reads no streams", name)
		}
		s.Begin(func(e *feedgauge.Event) {
			if mark := marked[e.Line-1][0]; (mark == '-') == (e.Reason == "") {
				t.Errorf("%s: %q of %q, which is marked %q", name, fault(e.Reason, e.Fault), e.Text, mark)
			}
		})
		s.Write(append(bytes.Join(lines, []byte("\n")), '\n'), true)
	}
}
