package journal

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
)

// Field numbers of what the times of events say in a closed window. Delays are in
// ms.
const (
	ckEvents protowire.Number = iota + 1
	ckTimeless
	ckFuture
	ckDelay
	ckLeast
	ckMost
)

func appendClocks(b []byte, c *feedgauge.Clocks) []byte {
	b = AppendInt(b, ckEvents, c.Events)
	b = AppendInt(b, ckTimeless, c.Timeless)
	b = AppendInt(b, ckFuture, c.Future)
	b = AppendInt(b, ckDelay, c.Delay.Milliseconds())
	b = AppendInt(b, ckLeast, c.Least.Milliseconds())
	return AppendInt(b, ckMost, c.Most.Milliseconds())
}

func decodeClocks(b []byte, c *feedgauge.Clocks) error {
	return Fields(b, func(num protowire.Number, v uint64, _ []byte) error {
		switch n := Int(v); num {
		case ckEvents:
			c.Events = n
		case ckTimeless:
			c.Timeless = n
		case ckFuture:
			c.Future = n
		case ckDelay:
			c.Delay = time.Duration(n) * time.Millisecond
		case ckLeast:
			c.Least = time.Duration(n) * time.Millisecond
		case ckMost:
			c.Most = time.Duration(n) * time.Millisecond
		}
		return nil
	})
}
