package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/internal/wall"
)

const example = `for example "Mon-Fri 08:00-18:00"`

// parse reads the hours of each day of the week, Sunday first. All parts are
// read, so that all mistakes are told at once.
func parse(active string) ([7][]span, error) {
	var week [7][]span
	var errs []error
	at := 0
	for part := range strings.SplitSeq(active, ";") {
		p := parser{text: active[:at+len(part)], at: at}
		if err := p.part(&week); err != nil {
			errs = append(errs, err)
		}
		at += len(part) + 1
	}
	return week, errors.Join(errs...)
}

// parser reads one part: text ends where the part does.
type parser struct {
	text string
	at   int
}

func (p *parser) part(week *[7][]span) error {
	start := p.at
	word, at := p.word()
	if word == "" {
		return mistake(start, example, "there are no hours here")
	}
	if strings.EqualFold(word, "24x7") {
		for d := range week {
			week[d] = append(week[d], span{0, wall.Day})
		}
		return p.end()
	}
	if isDigit(word[0]) {
		return dayless(word, at)
	}
	p.at = at
	days, err := p.days()
	if err != nil {
		return err
	}
	spans, err := p.spans()
	if err != nil {
		return err
	}
	for d := range week {
		if days[d] {
			week[d] = append(week[d], spans...)
		}
	}
	return p.end()
}

// dayless explains a part that begins with a number.
func dayless(word string, at int) error {
	if word == "24/7" || word == "7x24" || word == "24" {
		return mistake(at, `did you mean "24x7"?`, "%q names no hours", word)
	}
	return mistake(at, `days come first, for example "Mon-Sun 08:00-18:00"`, "%q has no days before it", word)
}

// days reads a list of days and of ranges of days; "Fri-Mon" goes over Sunday.
func (p *parser) days() (days [7]bool, err error) {
	for {
		first, err := p.day()
		if err != nil {
			return days, err
		}
		last := first
		if p.skip('-') {
			if last, err = p.day(); err != nil {
				return days, err
			}
		}
		for d := first; ; d = (d + 1) % 7 {
			days[d] = true
			if d == last {
				break
			}
		}
		if !p.skip(',') {
			return days, nil
		}
	}
}

var dayNames = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// day reads the name of a day, in full or its first three letters.
func (p *parser) day() (time.Weekday, error) {
	word, at := p.word()
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := d.String(); strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) {
			return d, nil
		}
	}
	switch {
	case word == "":
		return 0, mistake(at, example, "a day is missing")
	case strings.ContainsAny(word, "–—"):
		return 0, mistake(at, "write a plain hyphen, as in Mon-Fri", "%q is no day", word)
	}
	return 0, mistake(at, suggest.DidYouMean(word, dayNames), "%q is no day", word)
}

// spans reads a list of hours.
func (p *parser) spans() ([]span, error) {
	var list []span
	for {
		s, err := p.span()
		if err != nil {
			return nil, err
		}
		list = append(list, s)
		if !p.skip(',') {
			return list, nil
		}
	}
}

// span reads hours "08:00-18:00". An end that is not after the start is on the
// next day.
func (p *parser) span() (span, error) {
	start, from, err := p.clock()
	if err != nil {
		return span{}, err
	}
	if start == wall.Day {
		return span{}, mistake(from, "a day begins at 00:00", "hours cannot begin at 24:00")
	}
	if !p.skip('-') {
		return span{}, mistake(p.at, `for example "08:00-18:00"`, "hours end nowhere")
	}
	end, at, err := p.clock()
	switch {
	case err != nil:
		return span{}, err
	case start == end:
		return span{}, mistake(at, "a whole day is 00:00-24:00", "hours end where they begin")
	case end < start:
		end += wall.Day
	}
	return span{start, end}, nil
}

// clock reads a time of day, 00:00 to 24:00, and tells where it stood.
func (p *parser) clock() (t wall.Time, at int, err error) {
	const hint = "write hours and minutes, 00:00 to 24:00"
	word, at := p.word()
	if word == "" {
		return 0, at, mistake(at, `for example "08:00-18:00"`, "a time of day is missing")
	}
	hour, minute, _ := strings.Cut(word, ":")
	h, okay := number(hour)
	m, fine := number(minute)
	t = wall.Time(h)*wall.Hour + wall.Time(m)*wall.Minute
	if !okay || !fine || len(minute) != 2 || m > 59 || t > wall.Day {
		return 0, at, mistake(at, hint, "%q is no time of day", word)
	}
	return t, at, nil
}

// number reads one or two digits.
func number(s string) (n int, ok bool) {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, len(s) == 1 || len(s) == 2
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// word reads up to the next space, comma or hyphen and tells where it began; at
// one of those or at the end it is empty.
func (p *parser) word() (word string, at int) {
	p.blank()
	at = p.at
	for p.at < len(p.text) && !strings.ContainsRune(" \t,-", rune(p.text[p.at])) {
		p.at++
	}
	return p.text[at:p.at], at
}

// skip steps over c if it comes next.
func (p *parser) skip(c byte) bool {
	p.blank()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) blank() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
}

func (p *parser) end() error {
	p.blank()
	if p.at == len(p.text) {
		return nil
	}
	return mistake(p.at, `parts are separated by ";"`, "%q is too much here", p.text[p.at:])
}

func mistake(at int, hint, format string, args ...any) error {
	return &feedgauge.FieldError{Field: "active", Offset: at, Msg: fmt.Sprintf(format, args...), Hint: hint}
}
