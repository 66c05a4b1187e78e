package adaptive

import "math"

const (
	exceeds = 1.75 // where the tail of a statistic begins, in its scale
	ends    = exceeds / 2
	capped  = 6.0 // the largest peak that counts, in mean peaks
	lowestU = 0.7
	lowRate = 0.3 // the least mean excess, against tails that have not been seen
)

// tail calibrates one statistic: how often a month would it be so large by
// itself? Two estimates are mixed, in nats.
//
// The exponential tail: clusters of exceedances of 1.75 scales come at a rate
// lambda with mean excess m, so r is exceeded lambda*exp(-(r-1.75)/m) times a
// window (peaks over threshold; Siffer et al., "Anomaly detection in streams with
// extreme value theory", KDD 2017, with a tail of shape zero, and runs
// declustering).
//
// The tracked quantile: u is multiplied by e^gamma at each exceedance and decays
// so that it rests where a set number of exceedances a month are (Robbins and
// Monro, 1951). A peak counts once whatever its size, so faults that pass do little
// harm. Beyond
// u the tail is taken for a power with index xi.
type tail[F number] struct {
	Rate  F // clusters a window
	Mean  F // mean excess
	Peak  F // of the running cluster
	Track F // u
	Seen  uint8
	In    bool
	Cool  uint16
}

// tuning of a test's tracked quantile.
type tuning struct {
	weight float64 // against the exponential tail
	xi     float64 // tail index beyond it
	gamma  float64 // step
	rest   float64 // exceedances a month at which it rests
}

// tunings returns the tuning of each test. Low statistics are bounded and scatter
// evenly, so their tail is lighter than that of high ones, where bursts have no
// bound and the quantile is more to go by. Single windows are many: their quantile
// rests where there are enough of them to outnumber faults.
func tunings() (t [tests]tuning) {
	for j := range t {
		t[j] = tuning{weight: 0.5, xi: 0.33, gamma: 0.3, rest: 2}
		if j >= lowTests {
			t[j] = tuning{weight: 0.8, xi: 0.6, gamma: 0.5, rest: 2}
		}
	}
	t[innovation] = tuning{weight: 0.3, xi: 0.33, gamma: 0.15, rest: 20}
	t[dayLow].weight = 0.2
	t[spike].gamma = 0.4
	return t
}

func (t *tail[F]) init(rate, mean float64) {
	t.Rate, t.Mean, t.Seen, t.Track = F(rate), F(mean), 8, 2.5
}

// rarity returns how rare it is that the statistic reaches r, in nats above once
// a month.
func (t *tail[F]) rarity(tu *tuning, p *params, r float64) float64 {
	lambda := math.Max(float64(t.Rate), 1/p.perMonth)
	byTail := (r-exceeds)/math.Max(float64(t.Mean), lowRate) - math.Log(lambda) - p.logW
	byTrack := math.Log(r/float64(t.Track))/tu.xi - math.Log(tu.rest)
	return float64(tu.weight*byTrack) + float64((1-tu.weight)*byTail)
}

// learn takes in the statistic of one window. For the exponential tail it may be
// held down to tame; up is the weight of an exceedance, gain that of rates, and
// haste speeds the tracker up while it is young.
func (t *tail[F]) learn(tu *tuning, p *params, r, tame, gain, up, haste float64) {
	began := 0.0
	if !t.In && tame > exceeds {
		began = 1
	}
	t.Rate += F(gain * (began - float64(t.Rate)))
	switch {
	case tame > exceeds:
		t.In = true
		t.Peak = F(math.Max(float64(t.Peak), tame-exceeds))
	case t.In && tame < ends:
		x := math.Min(float64(t.Peak), capped*float64(t.Mean)) * 1.05
		t.Mean += F((x - float64(t.Mean)) / (float64(t.Seen) + 1))
		t.Seen = min(t.Seen+1, 60)
		t.In, t.Peak = false, 0
	}
	u, step := float64(t.Track), tu.gamma
	if r > u {
		step *= up
		if t.Cool == 0 {
			u *= math.Exp(step * haste)
		}
		t.Cool = uint16(math.Min(p.apart, math.MaxUint16))
	} else if t.Cool > 0 {
		t.Cool--
	}
	t.Track = F(math.Max(u*math.Exp(-step*haste*tu.rest/p.perMonth), lowestU))
}
