package inspect

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge/processors/format"
)

// TestSenders guesses the format of files that hold one line of a sender over and
// over, behind the header lines if there are any.
func TestSenders(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "processors", "format", "testdata", "senders", "*.txt"))
	if err != nil || len(files) < 25 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var header []byte
		for line := range bytes.Lines(b) {
			switch line[0] {
			case ' ':
				header = append(header, line[2:]...)
			case '+':
				text := append(bytes.Clone(header), bytes.Repeat(line[2:], 12)...)
				in, err := File("-", bytes.NewReader(text), 100)
				if err != nil {
					t.Fatal(err)
				}
				if g := Look(in, format.All()).Guess; g.Format != name {
					t.Errorf("%s is guessed to be %s: %s", name, g.Format, line[2:])
				}
			default:
			}
		}
	}
}
