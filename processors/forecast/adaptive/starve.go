package adaptive

import "math"

// gap waits for events that do not come. While windows are as good as empty it
// sums what should have come (operational time: for a Poisson stream the chance
// of a gap of Lambda expected events is e^-Lambda, whatever the hour), and learns
// by how much the gaps that end by themselves exceed that.
type gap[F number] struct {
	Waited F      // events expected since the last one
	Long   uint32 // windows in a row that add to a gap worth counting
	Runs   F      // gaps that ended by themselves
	Length F      // windows of them
	Excess F      // by how many expected events they were too long
	Known  uint8
}

func (g *gap[F]) init() { g.Excess, g.Known = 1, 8 }

const (
	slack     = 3.0  // expected events that may always be missing
	longest   = 8.0  // bound of the mean excess, in expected events
	priorGaps = 0.03 // gaps a month before any was seen
	// allowed is what the first window of a gap scores where gaps come once a
	// month, in nats.
	allowed = 2.5
)

// starve grades a gap: by its operational time, and by how many windows in a row
// it has lasted, whichever is less.
func (c *core[F]) starve(x *view) {
	g := &c.m.Gap
	x.gap = never
	due := math.Max(x.near, 0.05*x.mu)
	if x.v > math.Min(0.05*math.Min(x.mu, due), 2.5) {
		g.over(x, c.m.frozen(x))
		return
	}
	missed := math.Min(x.muLow, due)
	g.Waited += F(missed)
	if float64(g.Waited) > slack && missed > 0.02*x.level {
		g.Long++
	}
	x.starved, x.waited = g.Long, float64(g.Waited)
	if g.Long == 0 || !x.active {
		return
	}
	months := math.Max((x.days-warmDays)/daysToMonth, 0)
	runs, length := float64(g.Runs), float64(g.Length)
	rate := (priorGaps + runs) / (1 + months)
	goesOn := (1 + math.Max(length-runs, 0)) / (3 + length)
	least := priorGaps
	if x.level < 20 {
		least = c.p.perMonth * 0.005 // of few events, gaps are common
	}
	x.gap = math.Min(
		(float64(g.Waited)-slack)/clip(float64(g.Excess), 1, longest)-math.Log(math.Max(rate, least)),
		allowed-math.Log(math.Max(rate, priorGaps))-float64(g.Long-1)*math.Log(goesOn))
}

// over ends a gap, and learns from it unless it was an episode.
func (g *gap[F]) over(x *view, episode bool) {
	if g.Long > 0 && !episode && x.active {
		mean := 1.0
		if g.Runs > 0 {
			mean = float64(g.Length / g.Runs)
		}
		g.Length += F(math.Min(float64(g.Long), 2*mean+1))
		g.Runs++
		e := math.Min(float64(g.Waited)-slack, longest*float64(g.Excess)+2)
		g.Excess += F((e - float64(g.Excess)) / (float64(g.Known) + 1))
		g.Known = min(g.Known+1, 60)
	}
	g.Waited, g.Long = 0, 0
}
