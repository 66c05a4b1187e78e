package journal

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
)

// Field numbers of a closed window on the history topic. Numbers of a forecast
// are the bits of float64, as fixed64 in a bytes field of 32.
const (
	clStart protowire.Number = iota + 1
	clLength
	clTally
	clForecast
	clStatus
	clLate
)

// forecastSize is expected, lower, upper and score.
const forecastSize = 4 * 8

// AppendClosed writes a closed window behind b, behind a version byte. The
// forecast is left out while the model is learning.
func AppendClosed(b []byte, c *feedgauge.Closed) []byte {
	b = append(b, Version)
	b = AppendInt(b, clStart, int64(c.Window.Start))
	b = AppendInt(b, clLength, int64(c.Window.End-c.Window.Start))
	b = AppendMessage(b, clTally, func(b []byte) []byte {
		return AppendFeed(b, c.Window.Start, &feedgauge.FeedTally{
			Feed: c.Feed, First: c.Window.Start, Last: c.Window.Start, Counts: c.Counts,
		})
	})
	if c.Forecast.Ready {
		b = AppendMessage(b, clForecast, func(b []byte) []byte { return appendForecast(b, &c.Forecast) })
	}
	if c.Late {
		b = AppendInt(b, clLate, 1)
	}
	return AppendText(b, clStatus, string(c.Status))
}

func appendForecast(b []byte, f *feedgauge.Forecast) []byte {
	for _, x := range []float64{f.Expected, f.Lower, f.Upper, f.Score} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// DecodeClosed reads what AppendClosed wrote.
func DecodeClosed(b []byte) (*feedgauge.Closed, error) {
	switch {
	case len(b) == 0 || b[0] == 0:
		return nil, fmt.Errorf("closed window: %w", ErrMalformed)
	case b[0] > Version:
		return nil, fmt.Errorf("closed window of version %d: %w", b[0], ErrNewer)
	}
	c := &feedgauge.Closed{}
	var length int64
	err := Fields(b[1:], func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case clStart:
			c.Window.Start = feedgauge.Instant(Int(v))
		case clLength:
			length = Int(v)
		case clTally:
			var t feedgauge.FeedTally
			err := DecodeFeed(data, c.Window.Start, &t)
			c.Feed, c.Counts = t.Feed, t.Counts
			return err
		case clForecast:
			return decodeForecast(data, &c.Forecast)
		case clLate:
			c.Late = Int(v) != 0
		case clStatus:
			c.Status = feedgauge.Status(data)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("closed window: %w", err)
	}
	c.Window.End = c.Window.Start + feedgauge.Instant(length)
	return c, nil
}

func decodeForecast(b []byte, f *feedgauge.Forecast) error {
	if len(b) < forecastSize {
		return ErrMalformed
	}
	at := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])) }
	*f = feedgauge.Forecast{Expected: at(0), Lower: at(1), Upper: at(2), Score: at(3), Ready: true}
	return nil
}
