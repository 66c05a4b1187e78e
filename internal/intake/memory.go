package intake

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/count"
)

// Text writes a lane's memory as the metadata of its committed offset:
// "1 high watermark stamp", times in ms since the epoch, "-" for none.
func Text(l count.Lane) string {
	return fmt.Sprintf("1 %s %s %d", instantText(l.High), instantText(l.Watermark), l.Stamp)
}

// ParseText reads what Text wrote. Other metadata, such as that of offsets
// somebody set by hand, gives the memory of a new lane.
func ParseText(s string) count.Lane {
	parts := strings.Fields(s)
	if len(parts) != 4 || parts[0] != "1" {
		return count.NewLane()
	}
	high, err1 := parseInstant(parts[1])
	mark, err2 := parseInstant(parts[2])
	if err1 != nil || err2 != nil {
		return count.NewLane()
	}
	l := count.Lane{High: high, Watermark: mark}
	if parts[3] == strconv.Itoa(int(feedgauge.LogAppendTime)) {
		l.Stamp = feedgauge.LogAppendTime
	}
	return l
}

func instantText(i feedgauge.Instant) string {
	if i == feedgauge.Before {
		return "-"
	}
	return strconv.FormatInt(int64(i), 10)
}

func parseInstant(s string) (feedgauge.Instant, error) {
	if s == "-" {
		return feedgauge.Before, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("not an instant: %w", err)
	}
	return feedgauge.Instant(n), nil
}
