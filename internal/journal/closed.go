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
	clReading
	clClocks
)

// Field numbers of a reading. The value is written like a forecast's numbers.
const (
	rdMeasure protowire.Number = iota + 1
	rdValue
	rdForecast
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
	for i := range c.Readings {
		b = AppendMessage(b, clReading, func(b []byte) []byte { return AppendReading(b, &c.Readings[i]) })
	}
	if c.Clocks != (feedgauge.Clocks{}) {
		b = AppendMessage(b, clClocks, func(b []byte) []byte { return appendClocks(b, &c.Clocks) })
	}
	if c.Late {
		b = AppendInt(b, clLate, 1)
	}
	return AppendText(b, clStatus, string(c.Status))
}

// AppendReading writes what a measure came to behind b, and what was forecast of it
// unless the model is learning.
func AppendReading(b []byte, r *feedgauge.Reading) []byte {
	b = AppendText(b, rdMeasure, r.Measure)
	b = AppendMessage(b, rdValue, func(b []byte) []byte { return appendFloats(b, r.Value) })
	if r.Forecast.Ready {
		b = AppendMessage(b, rdForecast, func(b []byte) []byte { return appendForecast(b, &r.Forecast) })
	}
	return b
}

func appendForecast(b []byte, f *feedgauge.Forecast) []byte {
	return appendFloats(b, f.Expected, f.Lower, f.Upper, f.Score)
}

func appendFloats(b []byte, numbers ...float64) []byte {
	for _, x := range numbers {
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
		case clReading:
			return DecodeReading(data, &c.Readings)
		case clClocks:
			return decodeClocks(data, &c.Clocks)
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

// DecodeReading reads what AppendReading wrote, and appends it to out.
func DecodeReading(b []byte, out *feedgauge.Readings) error {
	var r feedgauge.Reading
	err := Fields(b, func(num protowire.Number, _ uint64, data []byte) error {
		switch num {
		case rdMeasure:
			r.Measure = string(data)
		case rdValue:
			if len(data) < 8 {
				return ErrMalformed
			}
			r.Value = floatAt(data, 0)
		case rdForecast:
			return decodeForecast(data, &r.Forecast)
		}
		return nil
	})
	*out = append(*out, r)
	return err
}

func floatAt(b []byte, i int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
}

func decodeForecast(b []byte, f *feedgauge.Forecast) error {
	if len(b) < forecastSize {
		return ErrMalformed
	}
	*f = feedgauge.Forecast{Expected: floatAt(b, 0), Lower: floatAt(b, 1), Upper: floatAt(b, 2), Score: floatAt(b, 3), Ready: true}
	return nil
}
