package format

import (
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// chain is a regular expression that can be matched from left to right without a
// choice: it begins at the beginning of the text, and is a row of literals and of
// repeated classes, such as ^(?<client>\S+) (?<user>\S+) \[([^\]]+)\]. What follows
// a repeated class begins with nothing that is in it, so to take as much as there is
// is the only way to match. Package regexp, which such expressions need not, allocates
// for each match.
type chain []link

// link is one part of a chain.
type link struct {
	kind     linkKind
	mark     int    // index of a group's beginning or end
	literal  string // of ASCII
	class    class
	min, max int // how often; max is -1 for as often as may be
}

type linkKind uint8

const (
	linkMark linkKind = iota
	linkLiteral
	linkRun
	linkEnd // of the text, beyond which only what takes no character can match
)

// class is a class of characters that has all or none of those beyond ASCII.
type class struct {
	ascii [utf8.RuneSelf]bool
	high  bool
}

// disjoint reports whether no character is in both.
func (c *class) disjoint(d *class) bool {
	for i, in := range c.ascii {
		if in && d.ascii[i] {
			return false
		}
	}
	return !c.high || !d.high
}

// add adds what is in d.
func (c *class) add(d *class) {
	for i, in := range d.ascii {
		c.ascii[i] = c.ascii[i] || in
	}
	c.high = c.high || d.high
}

// chainOf returns the chain that an expression is, nil if it is none.
func chainOf(expr string) chain {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	c, begun := chain{}, false
	if !c.append(parsed, &begun) || !begun || !c.plain() {
		return nil
	}
	return c
}

// append appends the links of an expression; it returns false if it has none. begun
// tells that the beginning of the text was asked for.
func (c *chain) append(re *syntax.Regexp, begun *bool) bool {
	switch re.Op {
	case syntax.OpBeginText:
		ok := !*begun && c.only(linkMark)
		*begun = true
		return ok
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !c.append(sub, begun) {
				return false
			}
		}
		return true
	case syntax.OpCapture:
		*c = append(*c, link{kind: linkMark, mark: 2 * re.Cap})
		ok := c.append(re.Sub[0], begun)
		*c = append(*c, link{kind: linkMark, mark: 2*re.Cap + 1})
		return ok
	case syntax.OpEmptyMatch:
		return true
	case syntax.OpEndText:
		*c = append(*c, link{kind: linkEnd})
		return true
	case syntax.OpLiteral:
		return c.literal(re)
	default:
		return c.run(re)
	}
}

// only reports whether all links are of a kind.
func (c *chain) only(kind linkKind) bool {
	for i := range *c {
		if (*c)[i].kind != kind {
			return false
		}
	}
	return true
}

func (c *chain) literal(re *syntax.Regexp) bool {
	text := string(re.Rune)
	if re.Flags&syntax.FoldCase != 0 || strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 {
		return false
	}
	*c = append(*c, link{kind: linkLiteral, literal: text})
	return true
}

// run appends a class, repeated or not.
func (c *chain) run(re *syntax.Regexp) bool {
	l := link{kind: linkRun, min: 1, max: 1}
	switch re.Op {
	case syntax.OpStar:
		l.min, l.max = 0, -1
	case syntax.OpPlus:
		l.max = -1
	case syntax.OpQuest:
		l.min = 0
	case syntax.OpRepeat:
		l.min, l.max = re.Min, re.Max
	default: // once
		ok := l.class.set(re)
		*c = append(*c, l)
		return ok
	}
	ok := re.Flags&syntax.NonGreedy == 0 && l.class.set(re.Sub[0])
	if l.max != 0 { // x{0} has no steps, so there may be any number of them
		*c = append(*c, l)
	}
	return ok
}

// set makes a class of an expression; it returns false if that is none.
func (c *class) set(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpAnyChar:
		c.fill(0, unicode.MaxRune)
	case syntax.OpAnyCharNotNL:
		c.fill(0, '\n'-1)
		c.fill('\n'+1, unicode.MaxRune)
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			if !c.fill(re.Rune[i], re.Rune[i+1]) {
				return false
			}
		}
	case syntax.OpLiteral:
		if len(re.Rune) != 1 || re.Flags&syntax.FoldCase != 0 {
			return false
		}
		return c.fill(re.Rune[0], re.Rune[0])
	default:
		return false
	}
	return true
}

// fill adds the characters from one to another; it returns false if these are some
// beyond ASCII, and not all.
func (c *class) fill(from, to rune) bool {
	for r := from; r <= min(to, unicode.MaxASCII); r++ {
		c.ascii[r] = true
	}
	if to <= unicode.MaxASCII {
		return true
	}
	c.high = true
	return from <= utf8.RuneSelf && to == unicode.MaxRune
}

// plain reports whether there is never a choice.
func (c chain) plain() bool {
	for i := range c {
		l := &c[i]
		if l.kind != linkRun || l.min == l.max || c[i+1:].ends() {
			continue
		}
		if next := c[i+1:].first(); !l.class.disjoint(&next) {
			return false
		}
	}
	return true
}

// ends reports whether nothing follows but the end, which takes no characters.
func (c chain) ends() bool {
	for i := range c {
		if c[i].kind == linkLiteral || c[i].kind == linkRun {
			return false
		}
	}
	return true
}

// first returns what a match of the links may begin with.
func (c chain) first() (out class) {
	for i := range c {
		switch l := &c[i]; l.kind {
		case linkLiteral:
			out.ascii[l.literal[0]] = true
			return out
		case linkRun:
			if out.add(&l.class); l.min > 0 {
				return out
			}
		default: // takes no character
		}
	}
	return out
}

// match reports whether the chain matches text, and where its groups are, as
// [regexp.Regexp.FindSubmatchIndex] has them from the third number on.
func (c chain) match(text []byte, at []int) bool {
	pos := 0
	for i := range c {
		switch l := &c[i]; l.kind {
		case linkMark:
			at[l.mark] = pos
		case linkLiteral:
			if len(text)-pos < len(l.literal) || string(text[pos:pos+len(l.literal)]) != l.literal {
				return false
			}
			pos += len(l.literal)
		case linkRun:
			n := l.take(text[pos:])
			if n < 0 {
				return false
			}
			pos += n
		case linkEnd:
			if pos != len(text) {
				return false
			}
		}
	}
	return true
}

// take returns how many bytes of text are in a run, -1 if too few characters are.
func (l *link) take(text []byte) int {
	pos, n := 0, 0
	for ; n != l.max && pos < len(text); n++ {
		if b := text[pos]; b < utf8.RuneSelf {
			if !l.class.ascii[b] {
				break
			}
			pos++
			continue
		}
		if !l.class.high {
			break
		}
		_, size := utf8.DecodeRune(text[pos:]) // what is no UTF-8 is a character each byte
		pos += size
	}
	if n < l.min {
		return -1
	}
	return pos
}
