package adaptive

import "math"

const inBlock = 4 // hours

// blocks compares the sum of the last four hours, at the end of each hour, with
// its own forecast from what was known before them. Where a window is a day, it
// is a window that stands for the hour.
type blocks[F number] struct {
	Count, Expected [inBlock]F
	Known           [inBlock + 1][3]F // regressors at the end of the last hours
	CountNow        F                 // of the running hour
	ExpectedNow     F
	InHour          uint16 // windows of the running hour
	Done            uint32 // hours, saturating
	Phi             F
	Scale           F // of the sum
	ScaleLow        F // of what is left of it
	ScaleHigh       F
	ByShort         regression[F]
}

func (b *blocks[F]) init() {
	b.Phi, b.Scale, b.ScaleLow, b.ScaleHigh = 0.05, 1, 1, 1
	b.ByShort.init(0.2, 0, 0.5)
}

// block is the sum over four hours as compared.
type block struct {
	count, expected float64
	left            float64 // on the stabilised scale
	linear          float64
	x               [3]float64
	windows         float64
}

func (b *blocks[F]) now(x *view, perHour float64) (k block) {
	for i := range b.Count {
		k.count += float64(b.Count[i])
		k.expected += float64(b.Expected[i])
	}
	k.windows = inBlock * perHour
	for i, v := range b.Known[(b.Done-inBlock-1)%(inBlock+1)] {
		k.x[i] = float64(v)
	}
	foretold := clip(b.ByShort.predict(k.x), -3, 3) * float64(b.Scale)
	phi := float64(b.Phi)
	a := stabilise(k.expected, phi)
	k.left = stabilise(k.count, phi) - a - foretold
	near := restore(a+foretold, phi)
	typical := x.level * k.windows
	k.linear = (k.count - near) / math.Sqrt(near+float64(phi*(float64(near*near)+float64(typical*typical)))+0.5)
	return k
}

// overBlocks tests the last four hours at the end of one.
func (c *core[F]) overBlocks(x *view) {
	b := c.m.Blocks
	if b == nil {
		return
	}
	b.CountNow += F(x.v)
	b.ExpectedNow += F(x.mu)
	if b.InHour++; float64(b.InHour) < c.p.perHour {
		return
	}
	at := b.Done % inBlock
	b.Count[at], b.Expected[at] = b.CountNow, b.ExpectedNow
	b.CountNow, b.ExpectedNow, b.InHour = 0, 0, 0
	x.blockEnd = true
	if b.Done++; b.Done <= inBlock {
		return
	}
	k := b.now(x, c.p.perHour)
	x.block = k
	phi := float64(b.Phi)
	near := restore(stabilise(k.count, phi)-k.left, phi)
	least := math.Min(k.expected, near)
	if k.count < (1-c.p.lessBy)*least && least-k.count > 0.05*x.level*k.windows+3 {
		x.r[blockLow] = -k.left / float64(b.Scale) / float64(b.ScaleLow)
	}
	most := math.Max(near, k.expected+math.Max(-float64(c.m.Late.Balance), 0))
	if k.count > (1+c.p.moreBy)*most && k.count-math.Max(k.expected, near) > 0.1*x.level*k.windows+5 {
		x.r[blockHigh] = k.linear / float64(b.ScaleHigh)
	}
}

// learn takes in how blocks scatter, and what foretells them.
func (b *blocks[F]) learn(x *view, p *params, weight float64) {
	if b.Done <= inBlock {
		return
	}
	k := b.now(x, p.perHour)
	if k.expected <= 0.05*x.level*k.windows {
		return
	}
	hoursADay := p.perDay / p.perHour
	learnt := math.Max(float64(b.Done)-inBlock-scaleDays*hoursADay, 1)
	g := math.Max(1/learnt, 1/(14*hoursADay)) * math.Min(1, k.expected/(float64(0.5*x.level*k.windows)+1e-9))
	phi := float64(b.Phi)
	off := stabilise(k.count, phi) - stabilise(k.expected, phi)
	d := (float64((k.count-k.expected)*(k.count-k.expected)) - k.expected) / (float64(k.expected*k.expected) + 1e-9)
	scale := float64(b.Scale)
	b.Phi = F(clip(phi+g*weight*(clip(d, -0.5, math.Max(9*phi, 0.1))-phi), 1e-4, 4))
	b.ByShort.learn(k.x, clip(off/scale, -3, 3), 1-1/(28*hoursADay))
	g *= weight
	scale = math.Max(scale+g*(math.Min(math.Abs(off)*toSigma, 2.5*scale)-scale), 0.05)
	b.Scale = F(scale)
	follow(&b.ScaleLow, math.Abs(k.left)/scale, g, 0.15)
	follow(&b.ScaleHigh, math.Abs(k.linear), g, 0.15)
}

// note keeps what is known at the end of an hour for the blocks that begin there.
func (b *blocks[F]) note(last, hours, slow float64) {
	b.Known[(b.Done-1)%(inBlock+1)] = [3]F{F(clip(last, -3, 3)), F(hours), F(slow)}
}

// toSigma makes a standard deviation of a mean absolute residual that is held
// down to 2.5 scales: 1.27 rather than sqrt(pi/2).
const toSigma = 1.27

// follow moves a scale towards what an absolute residual tells of it.
func follow[F number](scale *F, residual, gain, least float64) {
	s := float64(*scale)
	*scale = F(math.Max(s+gain*(math.Min(residual*toSigma, 2.5*s)-s), least))
}
