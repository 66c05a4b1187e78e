package profile

import "github.com/feedgauge/feedgauge"

const (
	// block is how many lines of a file are looked at together, as a window is.
	block = 20
	// keptRows is how many lines are remembered, to tell where a drift began.
	keptRows = 1000
)

// Stream learns from the lines of a file in their order.
type Stream struct {
	learner *Learner
	block   *Profile
	inBlock int
	rows    []row
	names   map[string]string
	since   int // the line of the last drift of what all lines had
}

// Found is a drift and where it began.
type Found struct {
	Drift
	Line int    // the first line that is so
	Text string // the line, its beginning
}

// row is what is remembered of a line.
type row struct {
	line      int
	structure Structure
	kind      string
	level     Level
	columns   int
	length    uint8
	fields    []cell
	text      string
}

type cell struct {
	name  string
	shape Shape
}

// NewStream returns a stream of which nothing is known.
func NewStream() *Stream {
	return &Stream{learner: NewLearner(0), block: New(), names: make(map[string]string)}
}

// Add takes in a line, and returns what has become certain by it.
func (s *Stream) Add(ev *feedgauge.Event, st Structure, line int) []Found {
	s.block.Add(ev, st, uint64(line)&0xffff)
	s.remember(ev, st, line)
	if s.inBlock++; s.inBlock < block {
		return nil
	}
	return s.Flush()
}

// Flush looks at the lines since the last block; call it at the end.
func (s *Stream) Flush() []Found {
	if s.inBlock == 0 {
		return nil
	}
	first := s.rows[len(s.rows)-s.inBlock].line
	var out []Found
	for _, d := range s.learner.Observe(s.block, int64(first)) {
		out = append(out, s.locate(d))
	}
	s.align(out)
	s.block, s.inBlock = New(), 0
	return out
}

func (s *Stream) remember(ev *feedgauge.Event, st Structure, line int) {
	r := row{line: line, structure: st, level: levelOfEvent(ev), columns: len(ev.Fields), length: lengthCode(len(ev.Text)), text: cutText(ev.Text)}
	r.kind = string(kindOfEvent(ev, st))
	r.fields = make([]cell, 0, len(ev.Fields))
	for i := range ev.Fields {
		f := &ev.Fields[i]
		name, ok := s.names[string(f.Name)]
		if !ok {
			name = string(f.Name)
			s.names[name] = name
		}
		r.fields = append(r.fields, cell{name, ShapeOfField(f)})
	}
	if len(s.rows) >= 2*keptRows {
		s.rows = append(s.rows[:0], s.rows[keptRows:]...)
	}
	s.rows = append(s.rows, r)
}

// locate finds the first line that is as a drift says: the first such from where
// on most are. Where lines do not show it one by one, it is in the first block.
// What nearly all lines had may have gone in the block before, too late in it to
// be seen. A few lines in front may be so by chance, where not all had it: the line
// that is told is not one of them.
func (s *Stream) locate(d Drift) Found {
	usual := 1 - (d.Before+d.After)/2
	best, start, sum := 0.0, -1, 0.0
	from := int(d.Since)
	if d.Before >= 0.9 {
		from -= block
	}
	for i := len(s.rows) - 1; i >= 0 && s.rows[i].line >= from; i-- {
		r := &s.rows[i]
		if !s.concerns(r, &d) {
			continue
		}
		if r.shows(&d) {
			if sum += 1 - usual; sum >= best {
				best, start = sum, i
			}
		} else {
			sum -= usual
		}
	}
	if start < 0 {
		for start = range s.rows {
			if s.rows[start].line >= int(d.Since)+block-1 {
				break
			}
		}
	}
	start = s.pastChance(start, &d)
	return Found{d, s.rows[start].line, s.rows[start].text}
}

// mostChance is how many lines in a row may be passed over since they may be so by
// chance.
const mostChance = 60

// pastChance returns the first row from start on that is not as the drift says by mere
// chance: of a million drifts one would have so many such lines in front of it, if they
// came one by one. They come in runs, hence the million.
func (s *Stream) pastChance(start int, d *Drift) int {
	if d.Field == "" {
		return start
	}
	skip := 0
	for p := 1 - d.Before; skip < mostChance && p > 1e-6; p *= 1 - d.Before {
		skip++
	}
	for i := start; i < len(s.rows) && skip > 0; i++ {
		if r := &s.rows[i]; s.concerns(r, d) && r.shows(d) {
			start, skip = i, skip-1
		}
	}
	return start
}

// concerns reports whether a drift could be seen in a line. What a kind of event never
// had it cannot lose.
func (s *Stream) concerns(r *row, d *Drift) bool {
	if !r.concerns(d) {
		return false
	}
	if d.Kind != FieldMissing && d.Kind != FieldEmpty || d.Field == "" {
		return true
	}
	return !s.learner.without(tableKey{r.structure, r.kind}, d)
}

// leastKnown is of how many events it is known what their kind never has.
const leastKnown = 2

// without reports whether events of a kind were mostly without the field of a drift
// before that began.
func (l *Learner) without(key tableKey, d *Drift) bool {
	lore := l.lores[key]
	if lore == nil || lore.n < leastKnown || lore.began >= d.Since {
		return false
	}
	m := lore.fields[d.Field]
	return m == nil || 2*m.filled < m.n
}

// align lets drifts begin together where one break explains them: those of what only
// some lines had with those of what all had, and a single one with most of the others.
// One or two lines without it before the break mean nothing.
func (s *Stream) align(found []Found) {
	lines := map[int]int{}
	for _, f := range found {
		if f.Info() {
			continue
		}
		lines[f.Line]++
		if f.Before >= 0.99 && (lines[f.Line] > 2 || len(found) < 3) {
			s.since = max(s.since, f.Line)
		}
	}
	for i := range found {
		if f := &found[i]; f.Line < s.since && f.Line >= s.since-block && (f.Before < 0.99 || lines[f.Line] < lines[s.since]) {
			f.Line = s.since
		}
	}
}

// concerns reports whether a drift could be seen in a line.
func (r *row) concerns(d *Drift) bool {
	if r.structure.bare() && d.Field+string(d.Kind) != string(Layout) {
		return false
	}
	return d.EventKind == "" || d.Kind == Mix || r.kind == d.EventKind
}

// shows reports whether a line is as a drift says.
func (r *row) shows(d *Drift) bool {
	if d.Field != "" {
		return r.showsField(d)
	}
	switch d.Kind {
	case Layout, Delimiter:
		if d.Is == onlyBare {
			return r.structure.bare()
		}
		return r.structure.String() == d.Is || plural(uint8(min(r.columns, 255))) == d.Is
	case Mix:
		return r.kind != "" && r.kind != d.Was
	case LevelGone:
		return r.level != NoLevel && r.level.String() != d.Was
	case FieldMissing, TypeChanged: // of the kind, by a field without a name
		return r.kind == "" || d.Kind == TypeChanged
	default:
		return true
	}
}

func (r *row) showsField(d *Drift) bool {
	if r.structure.bare() || r.structure.broken() {
		return false
	}
	for _, c := range r.fields {
		if c.name != d.Field {
			continue
		}
		switch d.Kind {
		case FieldNew:
			return true
		case FieldMissing, FieldEmpty:
			return c.shape == NoShape
		default:
			return c.shape.String() == d.Is
		}
	}
	return d.Kind == FieldMissing || d.Kind == FieldEmpty
}
