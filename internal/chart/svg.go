package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Point is one window of a picture. Expected, Lower and Upper are not numbers where
// nothing was expected.
type Point struct {
	At                             feedgauge.Instant
	Actual, Expected, Lower, Upper float64
}

// Shape is the form of a mark; what it means does not hang on its colour.
type Shape int

// The shapes of marks.
const (
	Down    Shape = iota // a triangle that points down
	Up                   // one that points up
	Square               // a square
	Diamond              // a square on its corner
)

// Mark is something to be seen at a time.
type Mark struct {
	At    feedgauge.Instant
	Shape Shape
	Text  string // shown where the pointer rests on it
}

// Picture is a chart as SVG: what was counted as a line, what was expected as
// another on a band of the usual, and marks in a lane above.
type Picture struct {
	Title         string
	Points        []Point // in order of time
	Marks         []Mark
	Width, Height int // in CSS pixels
}

// Colours of Okabe & Ito, which people with any sight of colours tell apart.
const (
	inkActual   = "#000000"
	inkExpected = "#0072B2"
	inkBand     = "#56B4E9"
	inkMark     = "#D55E00"
	inkAxis     = "#555555"
	inkGrid     = "#DDDDDD"
)

// Margins around the field, in which labels stand; lane is the height of that of
// the marks.
const (
	left, right, bottom = 72, 24, 30
	lane                = 22
)

// frame maps time and counts to places.
type frame struct {
	*Picture
	from, to feedgauge.Instant
	top      float64 // the highest count shown
}

// SVG returns the picture as an element to put into a page.
func (p *Picture) SVG() string {
	f := p.frame()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="sans-serif" font-size="12"><title>%s</title>`, p.Width, p.Height, html.EscapeString(p.Title))
	f.grid(&b)
	columns := f.columns()
	f.band(&b, columns)
	f.line(&b, columns, func(c *column) []float64 { return c.expected() }, inkExpected, ` stroke-dasharray="5 3"`)
	f.line(&b, columns, func(c *column) []float64 { return c.actual }, inkActual, "")
	for _, m := range p.Marks {
		f.mark(&b, m)
	}
	b.WriteString("</svg>")
	return b.String()
}

// frame finds what is to be shown: all counts, and of the band what lies not far
// above them.
func (p *Picture) frame() frame {
	f := frame{Picture: p}
	highest, usual := 0.0, 0.0
	for _, q := range p.Points {
		highest = math.Max(highest, q.Actual)
		if q.Upper > usual { // not if it is no number
			usual = q.Upper
		}
	}
	f.top = math.Max(math.Max(highest, math.Min(usual, 1.5*highest))*1.04, 1)
	if n := len(p.Points); n > 0 {
		f.from, f.to = p.Points[0].At, p.Points[n-1].At
	}
	f.to = max(f.to, f.from+1)
	return f
}

func (f *frame) x(at feedgauge.Instant) float64 {
	return left + float64(at-f.from)/float64(f.to-f.from)*float64(f.Width-left-right)
}

func (f *frame) y(v float64) float64 {
	field := float64(f.Height - bottom - lane)
	return lane + field*(1-math.Min(math.Max(v/f.top, 0), 1))
}

// grid draws the axes with their labels.
func (f *frame) grid(b *strings.Builder) {
	step := nice(f.top / 5)
	for i := 0; float64(i)*step <= f.top; i++ {
		v, y := float64(i)*step, f.y(float64(i)*step)
		fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="%s"/><text x="%d" y="%.1f" text-anchor="end" fill="%s">%s</text>`,
			left, y, f.Width-right, inkGrid, left-6, y+4, inkAxis, short(v, f.top))
	}
	for _, t := range ticks(f.from, f.to) {
		x := f.x(t.at)
		fmt.Fprintf(b, `<path d="M%.1f %dV%d" stroke="%s"/>`, x, lane, f.Height-bottom+4, inkGrid)
		if half := 3.4 * float64(len(t.text)); x > half && x+half < float64(f.Width) {
			fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle" fill="%s">%s</text>`, x, f.Height-bottom+18, inkAxis, t.text)
		}
	}
}

// column is what falls on one pixel of the width.
type column struct {
	at           feedgauge.Instant
	actual       []float64 // all, or the lowest and the highest in order of time
	sum          float64   // of what was expected
	n            int
	lower, upper float64 // not numbers where there is no band
}

func (c *column) expected() []float64 {
	if c.n == 0 {
		return nil
	}
	return []float64{c.sum / float64(c.n)}
}

// columns sorts points by pixels, so that a picture of a year is no larger than one
// of a week, and shows each peak.
func (f *frame) columns() []column {
	var out []column
	for i := range f.Points {
		q := &f.Points[i]
		if n := len(out); n == 0 || int(f.x(q.At)) != int(f.x(out[n-1].at)) {
			out = append(out, column{at: q.At, lower: math.NaN(), upper: math.NaN()})
		}
		out[len(out)-1].add(q)
	}
	return out
}

func (c *column) add(q *Point) {
	if c.actual = append(c.actual, q.Actual); len(c.actual) > 2 {
		c.actual = extremes(c.actual)
	}
	if math.IsNaN(q.Expected) {
		return
	}
	c.sum, c.n = c.sum+q.Expected, c.n+1
	if !(c.lower <= q.Lower) {
		c.lower = q.Lower
	}
	if !(c.upper >= q.Upper) {
		c.upper = q.Upper
	}
}

// extremes returns the lowest and the highest of three values, in their order.
func extremes(v []float64) []float64 {
	low, high := 0, 0
	for i := range v {
		if v[i] < v[low] {
			low = i
		}
		if v[i] > v[high] {
			high = i
		}
	}
	if low == high {
		return v[:1]
	}
	return []float64{v[min(low, high)], v[max(low, high)]}
}

// gap is from how many times the usual distance on two points are not joined.
const gap = 3

// runs cuts columns where a collector paused, and where keep is false.
func (f *frame) runs(columns []column, keep func(*column) bool) [][]column {
	usual := feedgauge.Instant(math.MaxInt64)
	for i := 1; i < len(columns); i++ {
		usual = min(usual, columns[i].at-columns[i-1].at)
	}
	var out [][]column
	open := false
	for i := range columns {
		if !keep(&columns[i]) {
			open = false
			continue
		}
		if !open || columns[i].at-columns[i-1].at > gap*usual {
			out = append(out, nil)
		}
		out[len(out)-1], open = append(out[len(out)-1], columns[i]), true
	}
	return out
}

func (f *frame) band(b *strings.Builder, columns []column) {
	for _, run := range f.runs(columns, func(c *column) bool { return c.n > 0 }) {
		b.WriteString(`<path d="`)
		for i, c := range run {
			fmt.Fprintf(b, "%c%.1f %.1f", move(i), f.x(c.at), f.y(c.upper))
		}
		for i := len(run) - 1; i >= 0; i-- {
			fmt.Fprintf(b, "L%.1f %.1f", f.x(run[i].at), f.y(run[i].lower))
		}
		fmt.Fprintf(b, `Z" fill="%s" fill-opacity="0.35"/>`, inkBand)
	}
}

func (f *frame) line(b *strings.Builder, columns []column, values func(*column) []float64, ink, more string) {
	for _, run := range f.runs(columns, func(c *column) bool { return len(values(c)) > 0 }) {
		b.WriteString(`<path d="`)
		n := 0
		for i := range run {
			for _, v := range values(&run[i]) {
				fmt.Fprintf(b, "%c%.1f %.1f", move(n), f.x(run[i].at), f.y(v))
				n++
			}
		}
		if n == 1 { // a point, which would not be seen
			b.WriteString("h1")
		}
		fmt.Fprintf(b, `" fill="none" stroke="%s" stroke-width="1.2" stroke-linejoin="round"%s/>`, ink, more)
	}
}

// move is the command that begins a path, or goes on with it.
func move(i int) rune {
	if i == 0 {
		return 'M'
	}
	return 'L'
}

// mark draws a mark in its lane, and a line from it down.
func (f *frame) mark(b *strings.Builder, m Mark) {
	x := f.x(m.At)
	outline := map[Shape]string{
		Down:    "m-6 -5h12l-6 10z",
		Up:      "m-6 5h12l-6 -10z",
		Square:  "m-5 -5h10v10h-10z",
		Diamond: "m0 -7l6 7l-6 7l-6 -7z",
	}[m.Shape]
	fmt.Fprintf(b, `<g><title>%s</title><path d="M%.1f %dV%d" stroke="%s" stroke-opacity="0.45"/><path d="M%.1f %d%s" fill="%s" stroke="#FFFFFF"/></g>`,
		html.EscapeString(m.Text), x, lane, f.Height-bottom, inkMark, x, lane/2, outline, inkMark)
}

// Legend returns marks of a shape as an element for a line of text.
func Legend(s Shape) string {
	f := frame{Picture: &Picture{Width: left + right + 1, Height: lane + bottom}, to: 1, top: 1}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="%d 2 18 18" width="18" height="18" aria-hidden="true">`, left-9)
	f.mark(&b, Mark{Shape: s})
	b.WriteString("</svg>")
	return b.String()
}

// nice returns the smallest 1, 2 or 5 times a power of ten that is not below x, and
// not below 1: counts are whole.
func nice(x float64) float64 {
	if x <= 1 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*0.999 {
			return m * power
		}
	}
	return 10 * power
}

// short writes a count with its power of a thousand, that of the highest shown.
func short(v, top float64) string {
	unit := ""
	for _, u := range []string{"k", "M", "G", "T", "P", "E"} {
		if top < 1e4 {
			break
		}
		v, top, unit = v/1000, top/1000, "\u00a0"+u
	}
	if v == 0 {
		return "0"
	}
	return strconv.FormatFloat(v, 'g', 6, 64) + unit
}

// tick is one label of time.
type tick struct {
	at   feedgauge.Instant
	text string
}

// mostTicks is how many labels fit side by side.
const mostTicks = 9

// ticks returns the labels of a stretch of time: hours, days, weeks or months.
func ticks(from, to feedgauge.Instant) []tick {
	const hour, day = time.Hour, 24 * time.Hour
	span := to.Sub(from)
	for _, step := range []time.Duration{5 * time.Minute, 15 * time.Minute, hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day} {
		if span > mostTicks*step && step < 364*day {
			continue
		}
		format := "2 Jan 2006"
		if step < day {
			format = "2 Jan 15:04"
		}
		var out []tick
		shift := feedgauge.Instant(0)
		if step >= 7*day { // on Mondays: the epoch began on a Thursday
			shift = feedgauge.Instant((4 * day).Milliseconds())
		}
		for w := feedgauge.WindowOf(from-shift+feedgauge.Instant(step.Milliseconds())-1, step); w.Start+shift <= to; w = w.Next() {
			at := w.Start + shift
			out = append(out, tick{at, at.Time().Format(format)})
		}
		return out
	}
	return nil
}
