package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// criOpener opens what container runtimes of Kubernetes write (kubernetes/design-proposals-archive,
// node/kubelet-cri-logging.md):
//
//	2026-01-02T03:04:05.123456789Z stdout F the line
//
// The tags are separated by colons; "P" says that the line goes on in the next of
// that stream, "F" that it is complete.
type criOpener struct{}

// names implements opener.
func (criOpener) names() []string { return []string{"time", "stream", "tags"} }

// open implements opener.
func (criOpener) open(p *parcel, line []byte) feedgauge.Reason {
	var words [3][]byte
	rest, more := line, true
	for i := range words {
		if !more {
			return feedgauge.Columns
		}
		words[i], rest, more = bytes.Cut(rest, []byte{' '})
	}
	if p.at, p.clock = iso(words[0]); p.clock != feedgauge.ZonedClock {
		p.fault = "time"
		return feedgauge.BadTimestamp
	}
	switch string(words[1]) {
	case "stdout":
		p.stream = 1
	case "stderr":
		p.stream = 2
	default:
		p.fault = "stream"
		return feedgauge.BadType
	}
	tag, _, _ := bytes.Cut(words[2], []byte{':'})
	switch string(tag) {
	case "F":
	case "P":
		p.more = true
	default:
		p.fault = "tags"
		return feedgauge.BadType
	}
	p.text = rest
	return ""
}
