package intake

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/count"
)

// Memory is what travels with a lane's committed offset.
type Memory struct {
	Position int64 // the offset itself
	Lane     count.Lane
	// Revision and Fingerprint are the configuration last written to the
	// journal, kept with the lowest lane of a source.
	Revision    int64
	Fingerprint string
	// Lost is how many records before Position retention deleted unread. It
	// does not travel: it is found out anew by every owner until it is told.
	Lost int64
}

// Text writes the memory as the metadata of the committed offset:
// "1 high watermark first stamp revision fingerprint", times in ms since the
// epoch, "-" for none.
func (m Memory) Text() string {
	fp := m.Fingerprint
	if fp == "" {
		fp = "-"
	}
	return fmt.Sprintf("1 %s %s %s %d %d %s", instantText(m.Lane.High), instantText(m.Lane.Watermark),
		instantText(m.Lane.First), m.Lane.Stamp, m.Revision, fp)
}

// ParseMemory reads what Text wrote. Other metadata, such as that of offsets
// somebody set by hand, gives the memory of a new lane.
func ParseMemory(position int64, text string) Memory {
	fresh := Memory{Position: position, Lane: count.NewLane()}
	parts := strings.Fields(text)
	if len(parts) != 7 || parts[0] != "1" {
		return fresh
	}
	m := fresh
	for i, at := range []*feedgauge.Instant{&m.Lane.High, &m.Lane.Watermark, &m.Lane.First} {
		if parts[i+1] == "-" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil {
			return fresh
		}
		*at = feedgauge.Instant(n)
	}
	if parts[4] == strconv.Itoa(int(feedgauge.LogAppendTime)) {
		m.Lane.Stamp = feedgauge.LogAppendTime
	}
	revision, err := strconv.ParseInt(parts[5], 10, 64)
	if err != nil || revision < 0 {
		return fresh
	}
	m.Revision = revision
	if parts[6] != "-" {
		m.Fingerprint = parts[6]
	}
	return m
}

func instantText(i feedgauge.Instant) string {
	if i == feedgauge.Before || i == feedgauge.After {
		return "-"
	}
	return strconv.FormatInt(int64(i), 10)
}
