package profile

// test compares what was learnt of a field with what came. Feeds live through days;
// files do not.
type test func(m *memo, h *held, live bool) result

// result is what a test says.
type result struct {
	odd           bool
	kind          DriftKind
	what          string
	evidence      float64
	before, after float64
	was, is       string
	part          bool // only some events are so
	vague         bool // it was never sure
	h             *held
}

// beyond reports whether a share lies clearly beyond what the worst window was
// like, in percent.
func beyond(share float64, worst uint8) bool {
	return share > float64(1.5*float64(worst)/100)+0.05
}

// absence asks whether a field that most events had filled is empty or gone.
func absence(m *memo, h *held, live bool) result {
	p := share(m.filled, m.n)
	if h.n == 0 || 2*m.filled < m.n {
		return result{}
	}
	after := float64(h.filled) / float64(h.n)
	r := result{kind: FieldMissing, before: float64(m.filled) / float64(m.n), after: after}
	if h.n-min(h.seen, h.n) < h.seen-min(h.filled, h.seen) {
		r.kind = FieldEmpty
	}
	r.evidence = surprise(h.filled, h.n, p, true)
	r.part, r.vague = after > few, !m.steady()
	r.odd = p-after >= leastShare && (beyond(1-after, m.worst) || live && !r.part)
	if 10*h.filled > h.n && h.windows < 5 {
		r.evidence = min(r.evidence, suspect) // part of them only: it may be a burst
	}
	if r.vague { // it comes and goes, so a while without it says little
		if m.windows < needSteady {
			r.odd = false
		}
		if h.n < max(60, 4*m.widest, m.n/8) {
			r.evidence = min(r.evidence, suspect)
		}
	}
	return r
}

// novelty asks whether values are of a kind that there was none of.
func novelty(m *memo, h *held, live bool) result {
	if m.filled < needEvents || h.filled == 0 {
		return result{}
	}
	var known, came uint32
	var is codeCount
	for _, x := range h.codes {
		if k := m.alike(x.code); 100*k < m.filled {
			came += x.n
			if x.n > is.n {
				is, known = x, known+k
			}
		}
	}
	was, _ := m.main()
	r := result{kind: TypeChanged, was: Shape(was).String(), is: Shape(is.code).String()}
	if Shape(was).IsTime() {
		r.kind = Layout
	}
	r = m.judge(h, r, known, came)
	if live && renamed(m, h, Shape(was), Shape(is.code)) {
		r.odd = false
	}
	return r
}

// judge finishes a test that asks whether came of what is held is more than known
// of what was learnt.
func (m *memo) judge(h *held, r result, known, came uint32) result {
	r.before, r.after = 1-float64(known)/float64(m.filled), 1-float64(came)/float64(h.filled)
	part := float64(came) / float64(h.filled)
	r.part = 1-part > few
	r.evidence = surprise(came, h.filled, share(known, m.filled), false)
	r.odd = part >= leastShare && beyond(part, m.novel)
	return r
}

// alike is how many values are of the same family as those with code. Layouts of
// times are families of their own.
func (m *memo) alike(code uint8) uint32 {
	s := Shape(code)
	if s.family() == moment {
		return m.of(code)
	}
	n := uint32(0)
	for _, x := range m.codes {
		if Shape(x.code).family() == s.family() {
			n += x.n
		}
	}
	return n
}

// habit asks whether values that always looked the same no longer do, though they
// are of the same family.
func habit(m *memo, h *held, live bool) result {
	code, n := m.main()
	if m.filled < 2*needEvents || m.windows < 8 || m.spread > 2 || 1000*n < 995*m.filled || Shape(code).family() == number {
		return result{}
	}
	left := h.of(code)
	r := result{kind: TypeChanged, was: Shape(code).String()}
	if Shape(code).IsTime() {
		r.kind = Layout
	}
	is, most := h.main()
	r.is = Shape(is).String()
	r.before, r.after = float64(n)/float64(m.filled), float64(left)/float64(max(h.filled, 1))
	r.evidence = min(surprise(left, h.filled, share(n, m.filled), true), float64(most)) // one value of it each tells little
	r.odd = h.filled > 0 && is != code && 50*left <= h.filled
	if live && renamed(m, h, Shape(code), Shape(is)) {
		r.odd = false
	}
	r.part = !Shape(code).IsTime() // most likely others than before
	return r
}

// testsOf are the tests of a field, or of what is counted like one.
func testsOf(name string) []test {
	if name[0] != 0 {
		return []test{absence, novelty, habit}
	}
	switch name {
	case structureField:
		return []test{structure, decay}
	case bareField:
		return []test{bare}
	case kindField:
		return []test{kinds, nameless, habit}
	case columnsField:
		return []test{columnCount}
	}
	return []test{length}
}

// structure asks whether lines are built in a way that none was built in.
func structure(m *memo, h *held, _ bool) result {
	known, came, is := m.unlike(h)
	code, _ := m.main()
	was, now := Structure(code), Structure(is)
	r := result{kind: Layout, was: was.String(), is: now.String()}
	if d := now.Delimiter(); d != 0 && d != was.Delimiter() {
		r.kind = Delimiter
	}
	return m.judge(h, r, known, came)
}

// decay asks whether hardly a line is built as most were, though some were built as all
// are now: bad lines, of which there have always been a few.
func decay(m *memo, h *held, _ bool) result {
	code, _ := m.main()
	is, _ := h.main()
	r := m.fallen(h, code)
	r.kind, r.was, r.is = Layout, Structure(code).String(), Structure(is).String()
	r.odd = r.odd && 2*h.of(is) >= h.filled
	return r
}

// nameless asks whether hardly an event tells its kind, where most did.
func nameless(m *memo, h *held, _ bool) result {
	code, _ := m.main()
	r := m.fallen(h, code)
	r.kind, r.was, r.is = FieldMissing, Shape(code).String(), NoShape.String()
	r.odd = r.odd && Shape(code) != NoShape && 20*h.of(uint8(NoShape)) >= 19*h.filled
	return r
}

// fallen asks whether next to nothing has the code that most had.
func (m *memo) fallen(h *held, code uint8) result {
	n, left := m.of(code), h.of(code)
	return result{
		part: true, before: float64(n) / float64(max(m.filled, 1)), after: float64(left) / float64(max(h.filled, 1)),
		evidence: surprise(left, h.filled, share(n, m.filled), true),
		odd:      m.filled >= 2*needEvents && 5*n >= 4*m.filled && 20*left <= h.filled,
	}
}

// unlike counts the values with codes that are new, or nearly: how many were
// known, how many came, and which most of them are.
func (m *memo) unlike(h *held) (known, came uint32, is uint8) {
	most := uint32(0)
	for _, x := range h.codes {
		if k := m.of(x.code); 100*k < m.filled {
			came, known = came+x.n, known+k
			if x.n > most {
				most, is = x.n, x.code
			}
		}
	}
	return known, came, is
}

// onlyBare is what lines are that hold no events.
const onlyBare = "header lines and blank ones only"

// bare asks whether only header lines and blank ones come.
func bare(m *memo, h *held, _ bool) result {
	r := result{kind: Layout, was: "events", is: onlyBare}
	r = m.judge(h, r, m.of(1), h.of(1))
	r.evidence = min(r.evidence, float64(h.of(1))/2)
	r.odd = 2*m.of(1) < m.filled && 20*h.of(1) >= 19*h.filled
	r.part = false
	return r
}

// kinds asks whether events no longer tell their kind, or tell it in another way.
func kinds(m *memo, h *held, live bool) result {
	r := novelty(m, h, live)
	if was, _ := m.main(); Shape(was) == NoShape {
		r.odd = false // kinds that come are no loss
	}
	return r
}

// columnCount asks whether lines have another number of columns.
func columnCount(m *memo, h *held, _ bool) result {
	known, came, is := m.unlike(h)
	was, _ := m.main()
	r := m.judge(h, result{kind: Layout, was: plural(was), is: plural(is)}, known, came)
	r.odd = r.odd && 2*came >= h.filled
	return r
}

func plural(columns uint8) string { return string(itoa(int(columns))) + " columns" }

// shifted is how much evidence there is that codes are spread otherwise: of each
// value how surprising it is, which is n times the divergence of what came from
// what was.
func shifted(m *memo, h *held) float64 {
	sum := 0.0
	for _, x := range h.codes {
		sum += float64(float64(x.n) * ln(float64(x.n)/float64(h.filled)/share(m.of(x.code), m.filled)))
	}
	return sum
}

// shorter is what lines are that have been cut off.
const shorter = "shorter by a third or more"

// length asks whether lines have become shorter: cut off, most likely.
func length(m *memo, h *held, _ bool) result {
	if h.filled == 0 || m.filled == 0 {
		return result{}
	}
	was, is := m.mean(), h.mean()
	d := distance(&m.count, &h.count)
	r := result{kind: Layout, was: "whole", is: shorter, what: shorter, before: 1, after: 1 - d, evidence: shifted(m, h)}
	r.part = d < 0.9
	r.odd = was-is >= 2 && d >= 0.6 && beyond(d-0.15, m.spread)
	return r
}

// mean is the mean code.
func (c *count) mean() float64 {
	sum := 0.0
	for _, x := range c.codes {
		sum += float64(float64(x.code) * float64(x.n))
	}
	return sum / float64(max(c.filled, 1))
}

// gone asks whether what came in nearly every window no longer comes at all: for
// four times longer than ever, and so long that chance is no reason.
//
// What comes in some windows and not in others is missed too, where there are days
// to tell how long it stays away at night.
func gone(m *memo, h *held, need uint32, live bool) result {
	p := share(m.filled, m.n)
	r := result{before: p, evidence: surprise(0, h.n, p, true), vague: 20*m.seen < 19*m.windows}
	r.odd = m.windows >= need && h.filled == 0 && h.n >= 4*max(m.widest, 25) && (!r.vague || live && 4*m.seen >= m.windows)
	return r
}
