package inspect

import (
	"bytes"

	"github.com/feedgauge/feedgauge/processors/profile"
)

// A line of a few columns may be a sentence with commas. Many lines with the same
// number of delimiters, and no spaces behind them, are none.
const (
	narrowLines   = 10 // at least
	narrowColumns = 4  // at most; more are told line by line
)

// narrow returns how lines of few columns are built whose delimiters all are as many,
// Unknown if lines are not so.
func narrow(in *Input) profile.Structure {
	for _, s := range [...]profile.Structure{profile.Tabs, profile.Semicolons, profile.Pipes, profile.Commas} {
		if alike(in, s.Delimiter()) {
			return s
		}
	}
	return profile.Unknown
}

// alike reports whether all lines have the same few delimiters, hardly one of them with a
// space behind.
func alike(in *Input, delimiter byte) bool {
	lines, each, spaced, same := 0, 0, 0, true
	for i := range in.Records {
		eachLine(in.Records[i].Value, func(line []byte) {
			if line = bytes.TrimSpace(line); len(line) == 0 {
				return
			}
			n, after := between(line, delimiter)
			if lines++; lines == 1 {
				each = n
			}
			same, spaced = same && n == each, spaced+after
		})
	}
	return same && lines >= narrowLines && each > 0 && each < narrowColumns && 20*spaced <= lines*each
}

// between counts the delimiters outside of quotes, and those with a space behind.
func between(line []byte, delimiter byte) (n, spaced int) {
	quoted := false
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == delimiter && !quoted:
			n++
			if i+1 < len(line) && line[i+1] == ' ' {
				spaced++
			}
		}
	}
	return n, spaced
}
