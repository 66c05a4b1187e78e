package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// text is a label of a picture.
type text struct {
	x      float64
	anchor string
	s      string
}

// parsed reads a picture as XML and returns its labels.
func parsed(t interface{ Fatalf(string, ...any) }, svg string) (labels []text) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return labels
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "text" {
			l := text{}
			for _, a := range e.Attr {
				switch a.Name.Local {
				case "x":
					l.x, _ = strconv.ParseFloat(a.Value, 64)
				case "text-anchor":
					l.anchor = a.Value
				}
			}
			if err := d.DecodeElement(&l.s, &e); err != nil {
				t.Fatalf("%v", err)
			}
			labels = append(labels, l)
		}
	}
}

// TestPicture: whatever the points, a picture is well-formed, its numbers are, its
// labels lie within it, and it does not grow with its points.
func TestPicture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		every := rapid.SampledFrom([]int64{60_000, 3_600_000, 86_400_000}).Draw(t, "every")
		top := rapid.SampledFrom([]float64{0, 1, 40, 1e4, 1e15}).Draw(t, "top")
		p := Picture{Title: "a <b> & c", Width: 1000, Height: 240}
		at := rapid.Int64Range(0, 1<<41).Draw(t, "start")
		count := rapid.Float64Range(0, top)
		for range rapid.SampledFrom([]int{0, 1, 2, 50, 3000}).Draw(t, "points") {
			q := Point{At: feedgauge.Instant(at), Actual: top / 2, Expected: math.NaN(), Lower: math.NaN(), Upper: math.NaN()}
			if len(p.Points) < 60 {
				q.Actual = count.Draw(t, "actual")
			}
			if len(p.Points)%7 > 2 {
				q.Lower, q.Expected, q.Upper = top/3, top/2, 20*top
			}
			p.Points = append(p.Points, q)
			at += every
			if len(p.Points) == 30 {
				at += 40 * every
			}
		}
		for _, q := range p.Points[:min(4, len(p.Points))] {
			p.Marks = append(p.Marks, Mark{At: q.At, Shape: Shape(len(p.Marks)), Text: `"less" & <more>`})
		}
		svg := p.SVG()
		for _, bad := range []string{"NaN", "Inf", "<b>", "<more>"} {
			if strings.Contains(svg, bad) {
				t.Fatalf("%s in %s", bad, svg)
			}
		}
		if len(svg) > 200*p.Width {
			t.Fatalf("%d bytes", len(svg))
		}
		for _, l := range parsed(t, svg) {
			long := 7 * float64(len([]rune(l.s)))
			from, to := l.x-long, l.x
			if l.anchor == "middle" {
				from, to = l.x-long/2, l.x+long/2
			}
			if from < 0 || to > float64(p.Width)+1 {
				t.Fatalf("the label %q is clipped: from %v to %v", l.s, from, to)
			}
		}
	})
}

// TestPeaks: one window in very many is seen where it is far off.
func TestPeaks(t *testing.T) {
	t.Parallel()
	p := Picture{Width: 200, Height: 100}
	for i := range 5000 {
		p.Points = append(p.Points, Point{At: at(i), Actual: 10, Expected: 10, Lower: 8, Upper: 12})
	}
	p.Points[3217].Actual = 0
	f := p.frame()
	lows := 0
	for _, c := range f.columns() {
		for _, v := range c.actual {
			if v == 0 {
				lows++
			}
		}
	}
	if lows != 1 {
		t.Errorf("%d columns show it", lows)
	}
}

// TestRuns: what was not observed is not joined.
func TestRuns(t *testing.T) {
	t.Parallel()
	p := Picture{Width: 1000, Height: 100}
	for _, hour := range []int{0, 1, 2, 3, 10, 11, 12} {
		p.Points = append(p.Points, Point{At: at(hour), Actual: 1, Expected: math.NaN()})
	}
	f := p.frame()
	runs := f.runs(f.columns(), func(*column) bool { return true })
	if len(runs) != 2 || len(runs[0]) != 4 || len(runs[1]) != 3 {
		t.Errorf("%v", runs)
	}
	if svg := p.SVG(); strings.Contains(svg, inkBand) || strings.Count(svg, inkActual) != 2 {
		t.Error(svg)
	}
}

func at(hour int) feedgauge.Instant { return feedgauge.Instant(hour) * 3_600_000 }

func TestLabels(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		v, top float64
		want   string
	}{{0, 1e6, "0"}, {5000, 9000, "5000"}, {5000, 15_000, "5\u00a0k"}, {2.5e6, 4e7, "2.5\u00a0M"}, {1e15, 1e15, "1000\u00a0T"}} {
		if got := short(tt.v, tt.top); got != tt.want {
			t.Errorf("%v of %v: %q, want %q", tt.v, tt.top, got, tt.want)
		}
	}
	for x, want := range map[float64]float64{0: 1, 1: 1, 1.5: 2, 3: 5, 7: 10, 130: 200} {
		if got := nice(x); got != want {
			t.Errorf("%v: %v, want %v", x, got, want)
		}
	}
	from := feedgauge.InstantOf(time.Date(2024, 1, 3, 5, 0, 0, 0, time.UTC))
	for _, tt := range []struct {
		length time.Duration
		first  string
		n      int
	}{{5 * time.Hour, "3 Jan 05:00", 6}, {4 * 24 * time.Hour, "3 Jan 12:00", 8}, {60 * 24 * time.Hour, "8 Jan 2024", 8}} {
		got := ticks(from, from.Add(tt.length))
		if len(got) != tt.n || got[0].text != tt.first {
			t.Errorf("%s: %v", tt.length, got)
		}
	}
}
