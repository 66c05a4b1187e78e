package adaptive

import "math"

// onset dates the beginning of a deviation on one side: the last window at which
// the summed deviations, less half a scale each, were still nothing. That is the
// estimate of a change point that goes with Page's cumulative sum.
type onset[F number] struct {
	Sum   F
	Since uint32 // windows since it was nothing, those not observed included
}

const bearable = 0.5 // scales a window that are no deviation

func (o *onset[F]) take(z, missed float64) {
	o.Sum = F(math.Min(math.Max(0, float64(o.Sum)+clip(z, -4, 4)-bearable), 40))
	if o.Sum == 0 {
		o.Since = 0
		return
	}
	o.Since = uint32(math.Min(float64(o.Since)+1+missed, longAgo))
}
