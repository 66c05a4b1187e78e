package rules

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types/ref"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/feedgauge/feedgauge"
)

// template is a sentence with CEL expressions in braces. {{ and }} stand for
// braces.
type template struct {
	parts []part
	needs group
}

type part struct {
	text string
	hole *expression // nil for plain text
}

// parseTemplate compiles the holes of s. Mistakes carry the option name and
// the offset within s.
func (c *compiler) parseTemplate(field, s string) (*template, error) {
	t := &template{}
	var errs []error
	for at := 0; at < len(s); {
		open := strings.IndexAny(s[at:], "{}")
		if open < 0 {
			t.text(s[at:])
			break
		}
		t.text(s[at : at+open])
		at += open
		if at+1 < len(s) && s[at+1] == s[at] {
			t.text(s[at : at+1])
			at += 2
			continue
		}
		n, err := c.parseHole(t, field, s, at)
		if err != nil {
			errs = append(errs, err)
		}
		at += n
	}
	return t, errors.Join(errs...)
}

// parseHole compiles the hole that begins at s[at] and returns its length.
func (c *compiler) parseHole(t *template, field, s string, at int) (int, error) {
	end := holeEnd(s[at:])
	switch {
	case s[at] == '}':
		return 1, &feedgauge.FieldError{Field: field, Offset: at, Msg: "a closing brace without an opening one", Hint: "write }} for a brace"}
	case end < 0:
		return len(s) - at, &feedgauge.FieldError{Field: field, Offset: at, Msg: "this brace is never closed", Hint: "write {{ for a brace"}
	}
	hole, err := c.compile(field, s[at+1:at+end], at+1)
	if err != nil {
		return end + 1, err
	}
	t.parts = append(t.parts, part{hole: hole})
	t.needs |= hole.needs
	return end + 1, nil
}

// holeEnd returns where the hole that s begins with ends: at the brace that closes
// it, not at one in a text or one that closes a table. It is negative if none does.
func holeEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		case '\'', '"':
			n := textEnd(s[i:], s[i-1]|0x20 == 'r')
			if n < 0 {
				return strings.IndexByte(s, '}') // CEL says what is wrong with the text
			}
			i += n
		}
	}
	return -1
}

// textEnd returns where the text of CEL ends that s begins with, negative if it
// does not. In a raw one a backslash is nothing special.
func textEnd(s string, raw bool) int {
	quote := s[:1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s, triple) {
		quote = triple
	}
	for i := len(quote); i < len(s); i++ {
		switch {
		case s[i] == '\\' && !raw:
			i++
		case strings.HasPrefix(s[i:], quote):
			return i + len(quote) - 1
		}
	}
	return -1
}

func (t *template) text(s string) {
	if s != "" {
		t.parts = append(t.parts, part{text: s})
	}
}

// render fills the holes for moment m. A hole that cannot be evaluated shows as
// "?": a sentence with a gap is better than no alert.
func (t *template) render(vars map[string]Variable, m *Moment) string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.hole == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := p.hole.eval(vars, m)
		if err != nil {
			b.WriteString("?")
			continue
		}
		b.WriteString(plain(v))
	}
	return b.String()
}

// plain formats a value as a person would write it.
func plain(v ref.Val) string {
	switch x := v.Value().(type) {
	case float64:
		return plainNumber(x)
	case time.Duration:
		return plainDuration(x)
	case *durationpb.Duration:
		return plainDuration(x.AsDuration())
	case time.Time:
		return feedgauge.InstantOf(x).String()
	case *timestamppb.Timestamp:
		return feedgauge.InstantOf(x.AsTime()).String()
	}
	return fmt.Sprint(v.Value())
}

// plainNumber drops decimals that say nothing: none from 100 up, one below.
func plainNumber(x float64) string {
	if math.Abs(x) >= 100 || x == math.Trunc(x) {
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
}

// plainDuration d for people: two significant units at most.
func plainDuration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + plainDuration(-d)
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	}
	return trimZero(d.Round(time.Minute).String())
}

// trimZero drops trailing zero seconds and minutes: 3h0m0s is 3h.
func trimZero(s string) string {
	for _, suffix := range []string{"0s", "0m"} {
		n := len(s) - len(suffix)
		if n > 0 && s[n:] == suffix && (s[n-1] < '0' || s[n-1] > '9') {
			s = s[:n]
		}
	}
	return s
}
