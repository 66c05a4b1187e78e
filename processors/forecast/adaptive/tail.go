package adaptive

import "math"

const (
	exceeds  = 1.75 // where the tail of a statistic begins, in its scale
	ends     = exceeds / 2
	capped   = 6.0 // the largest peak that counts, in mean peaks
	perTrack = 2.0 // exceedances a month at which a tracked quantile rests
	lowestU  = 0.7
	lowRate  = 0.3 // the least mean excess, against tails that have not been seen
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
// so that it rests where two exceedances a month are (Robbins and Monro, 1951). A
// peak counts once whatever its size, so faults that pass do little harm. Beyond
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

// tuning of a test: the weight of the tracked quantile, its tail index and step.
type tuning struct{ track, xi, gamma float64 }

func tuningOf(test int) tuning {
	t := [tests]tuning{
		{.5, .33, .15}, {.2, .33, .3}, {.5, .33, .3}, {}, {.5, .33, .3},
		{.8, .6, .5}, {.8, .6, .5}, {.8, .6, .5}, {.8, .6, .4}, {.8, .6, .5},
	}
	return t[test]
}

func (t *tail[F]) init(rate, mean float64) {
	t.Rate, t.Mean, t.Seen, t.Track = F(rate), F(mean), 8, 2.5
}

// rarity returns how rare it is that the statistic reaches r, in nats above once
// a month.
func (t *tail[F]) rarity(tu tuning, p *params, r float64) float64 {
	lambda := math.Max(float64(t.Rate), 1/p.perMonth)
	byTail := (r-exceeds)/math.Max(float64(t.Mean), lowRate) - math.Log(lambda) - p.logW
	byTrack := math.Log(r/float64(t.Track))/tu.xi - math.Log(perTrack)
	return float64(tu.track*byTrack) + float64((1-tu.track)*byTail)
}

// learn takes in the statistic of one window. For the exponential tail it may be
// held down to tame; up is the weight of an exceedance, gain that of rates, and
// haste speeds the tracker up while it is young.
func (t *tail[F]) learn(tu tuning, p *params, r, tame, gain, up, haste float64) {
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
	t.Track = F(math.Max(u*math.Exp(-step*haste*perTrack/p.perMonth), lowestU))
}
