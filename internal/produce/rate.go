package produce

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Rate is a number of records per stretch of time; zero is no limit.
type Rate struct {
	n   int64
	per time.Duration
}

// maxRate keeps the schedule within 64 bits: an hour in nanoseconds times it.
const maxRate = 1_000_000

// ParseRate reads a rate such as 500/s, 90/m, 10/h; a bare number is per second.
func ParseRate(s string) (Rate, error) {
	number, unit, given := strings.Cut(s, "/")
	if !given {
		unit = "s"
	}
	per := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[unit]
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || per == 0 || n < 1 || n > maxRate {
		return Rate{}, fmt.Errorf("%q is no rate: write N/s, N/m or N/h, with N from 1 to %d", s, maxRate)
	}
	return Rate{n, per}, nil
}

// offset is when record i, counted from 0, is due after the first one. It is
// reckoned from i alone, so that what one pause was too long is not added up.
func (r Rate) offset(i int64) time.Duration {
	return time.Duration(i/r.n)*r.per + time.Duration(int64(r.per)*(i%r.n)/r.n)
}

// pacer holds records back until they are due. Whoever was kept from sending for
// a while may catch up: the rate is that since the first record.
type pacer struct {
	rate  Rate
	start time.Time
	i     int64
}

func newPacer(r Rate) *pacer { return &pacer{rate: r} }

// wait returns when the next record is due, or ctx is done, with its error.
func (p *pacer) wait(ctx context.Context) error {
	if p.rate.n == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	if p.i == 0 {
		p.start = time.Now()
	}
	pause := time.Until(p.start.Add(p.rate.offset(p.i)))
	p.i++
	if pause <= 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}
