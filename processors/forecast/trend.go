// Package forecast holds the models that say how much a feed should deliver.
package forecast

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/feedgauge/feedgauge"
)

// TrendConfig configures the "trend" forecast.
type TrendConfig struct {
	// Factor is the weight of the OLD value, from 0 (only the last window
	// counts) to below 1 (it hardly moves).
	Factor float64 `hcl:"factor,optional" doc:"weight of the old value, 0 to below 1" default:"0.5"`
	// Warmup is how many windows must be learnt before the forecast is used.
	Warmup int `hcl:"warmup,optional" doc:"windows to learn before the first forecast" default:"3"`
}

// NewTrend returns the configuration with its defaults.
func NewTrend() *TrendConfig { return &TrendConfig{Factor: 0.5, Warmup: 3} }

// Ranges returns the options that can be tuned, and from where to where.
func (c *TrendConfig) Ranges() map[string][2]float64 {
	return map[string][2]float64{"factor": {0, 0.999}}
}

// Build checks the configuration.
func (c *TrendConfig) Build(feedgauge.Env) (feedgauge.Forecaster, error) {
	var errs []error
	if !(c.Factor >= 0 && c.Factor < 1) {
		errs = append(errs, &feedgauge.FieldError{
			Field: "factor", Msg: "the weight of the old value must be at least 0 and below 1",
			Hint: "0.5 gives the old trend and the new window equal weight",
		})
	}
	if c.Warmup < 1 || c.Warmup > 1000 {
		errs = append(errs, &feedgauge.FieldError{
			Field: "warmup", Msg: "the number of windows must be between 1 and 1000",
		})
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return trends{*c}, nil
}

type trends struct{ cfg TrendConfig }

func (t trends) New() feedgauge.Model { return &Trend{cfg: t.cfg} }

// Trend is simple exponential smoothing in its oldest form,
//
//	trend' = a*trend + (1-a)*current,
//
// started at the first value. The factor a weights the old value (in Brown,
// "Statistical Forecasting for Inventory Control", 1959, alpha weights the new
// one: alpha = 1-a). A forecast is the trend from before its window. The bounds
// are one mean absolute residual away, smoothed with the same factor.
type Trend struct {
	cfg   TrendConfig
	seen  uint32  // windows learnt, saturating
	level float64 // events per window
	miss  float64 // mean absolute residual
}

// Expect implements [feedgauge.Model].
func (t *Trend) Expect(feedgauge.Window) feedgauge.Forecast {
	return feedgauge.Forecast{
		Expected: t.level,
		Lower:    math.Max(0, t.level-t.miss),
		Upper:    t.level + t.miss,
		Ready:    int(t.seen) >= t.cfg.Warmup,
	}
}

// Learn implements [feedgauge.Model].
func (t *Trend) Learn(_ feedgauge.Window, v float64) {
	if t.seen == 0 {
		t.level = v
	} else {
		a := t.cfg.Factor
		// Explicit conversions keep the compiler from fusing multiply and add,
		// so that a replay on another machine gives the same bits.
		t.miss = float64(a*t.miss) + float64((1-a)*math.Abs(v-t.level))
		t.level = float64(a*t.level) + float64((1-a)*v)
	}
	if t.seen < math.MaxUint32 {
		t.seen++
	}
}

// Accept implements [feedgauge.Model]: v is the new level.
func (t *Trend) Accept(_ feedgauge.Window, v float64) { t.level = v }

const (
	trendVersion = 1
	trendSize    = 1 + 4 + 8 + 8
)

// Append implements [feedgauge.Model].
func (t *Trend) Append(b []byte) []byte {
	b = append(b, trendVersion)
	b = binary.LittleEndian.AppendUint32(b, t.seen)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(t.level))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(t.miss))
}

// most is above every number of events there can be.
const most = 1 << 63

// Load implements [feedgauge.Model].
func (t *Trend) Load(b []byte) error {
	*t = Trend{cfg: t.cfg}
	if len(b) != trendSize || b[0] != trendVersion {
		return errors.New("not a trend of version 1")
	}
	level := math.Float64frombits(binary.LittleEndian.Uint64(b[5:]))
	miss := math.Float64frombits(binary.LittleEndian.Uint64(b[13:]))
	if !(level >= 0 && level <= most && miss >= 0 && miss <= most) { // not a number fails all of them
		return fmt.Errorf("a trend cannot be at %v and miss by %v", level, miss)
	}
	t.seen, t.level, t.miss = binary.LittleEndian.Uint32(b[1:]), level, miss
	return nil
}
