package inspect

import (
	"bufio"
	"slices"
	"strings"
	"testing"
)

// No more of a file is held than the limit, whatever its lines; a line that goes
// beyond it is left out, but for the only one.
func TestReadLinesIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, text string
		records  int
		ends     []int
	}{
		{"", "", 9, nil},
		{"abc\n\ndef", "abc\n\ndef", 9, []int{4, 5, 8}},
		{"abc\n\ndef\n", "abc\n", 1, []int{4}},
		{"#ab\nabc\ndef\n", "#ab\nabc\n", 1, []int{4, 8}},
		{"abc\n" + strings.Repeat("x", 100) + "\n", "abc\n", 9, []int{4}},
		{strings.Repeat("x", 30) + "\nabc\n", strings.Repeat("x", 30) + "\nabc\n", 9, []int{31, 35}},
		{strings.Repeat("x", 100) + "\nabc\n", strings.Repeat("x", 50), 9, []int{50}},
	} {
		var in Input
		ends, err := in.readLines(bufio.NewReaderSize(strings.NewReader(c.in), 16), c.records, 50)
		if err != nil || string(in.Text) != c.text || !slices.Equal(ends, c.ends) {
			t.Errorf("%q: got %q, ends %v, %v; want %q, %v", c.in, in.Text, ends, err, c.text, c.ends)
		}
	}
}
