// Package screen fits what people read to the terminal they read it on. Where the
// output is none, lines stay whole, so that programs can read them.
package screen

import (
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// The escape sequences of ECMA-48 (SGR) for the colours used.
const (
	Reset  = "\x1b[0m"
	Red    = "\x1b[31m"
	Yellow = "\x1b[33m"
	Green  = "\x1b[32m"
	Cyan   = "\x1b[36m"
)

const (
	// usual is the width of a terminal that does not tell its own.
	usual = 80
	// narrowest is the width below which lines are not folded: nothing would be
	// readable any more.
	narrowest = 40
)

// Screen is what an output can show.
type Screen struct {
	Width  int  // columns; zero is no terminal, where lines are never folded
	Colour bool // whether to colour
}

// Of returns what w can show. It takes colours if it is a terminal and the
// environment does not hold NO_COLOR (see https://no-color.org).
func Of(w io.Writer) Screen {
	f, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return Screen{}
	}
	s := Screen{Width: usual, Colour: os.Getenv("NO_COLOR") == ""}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		s.Width = width
	}
	return s
}

// Paint colours text, if the screen takes colours.
func (s Screen) Paint(colour, text string) string {
	if !s.Colour {
		return text
	}
	return colour + text + Reset
}

// Fold breaks a line that is wider than the screen between its words, and indents
// what follows by so many columns. A word that is wider than a whole line stays
// whole. Escape sequences have no width. The line has no newline of its own.
func (s Screen) Fold(line string, indent int) string {
	if s.Width < narrowest || Width(line) <= s.Width {
		return line
	}
	var out strings.Builder
	rest, room := line, s.Width
	for Width(rest) > room {
		at := cut(rest, room)
		if at < 0 {
			break
		}
		out.WriteString(strings.TrimRight(rest[:at], " "))
		out.WriteString("\n" + strings.Repeat(" ", indent))
		rest, room = strings.TrimLeft(rest[at:], " "), s.Width-indent
	}
	out.WriteString(rest)
	return out.String()
}

// cut returns where a line is to be broken so that what comes before it is at most
// so wide: at the last blank that is inside the text, else at the first one behind
// it; -1 if there is none.
func cut(line string, room int) int {
	best, width, text := -1, 0, false
	for at := 0; at < len(line); {
		if n := escape(line[at:]); n > 0 {
			at += n
			continue
		}
		cluster, _, w, _ := uniseg.FirstGraphemeClusterInString(line[at:], -1)
		switch {
		case cluster != " ":
			text = true
		case text && (width <= room || best < 0):
			best = at
		}
		if width += w; width > room && best >= 0 {
			return best
		}
		at += len(cluster)
	}
	return best
}

// Width is how many columns a line takes on a terminal. Escape sequences take none.
func Width(line string) int {
	if strings.IndexByte(line, '\x1b') < 0 {
		return uniseg.StringWidth(line)
	}
	var plain strings.Builder
	for at := 0; at < len(line); {
		if n := escape(line[at:]); n > 0 {
			at += n
			continue
		}
		plain.WriteByte(line[at])
		at++
	}
	return uniseg.StringWidth(plain.String())
}

// escape returns the length of the escape sequence that s begins with, 0 if it does
// with none: those of Paint, ESC [ digits m.
func escape(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// Pad fills a text with blanks up to a width.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-Width(text)))
}
