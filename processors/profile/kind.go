package profile

import (
	"slices"

	"github.com/feedgauge/feedgauge"
)

// kindFields are the fields that tell what sort of event an object of JSON is,
// the most telling first.
var kindFields = []string{
	"EventID", "event_id", "winlog.event_id", "Event.System.EventID", "event.code", "event_type", "_path", "@stream",
	"eventName", "eventSource", "verb", "log_type", "type",
}

// maxKind is the longest name of a kind, in bytes.
const maxKind = 40

// kindOf finds the kind of an object among its fields.
func kindOf(fields []feedgauge.Field) []byte {
	best, at := len(kindFields), -1
	for i := range fields {
		f := &fields[i]
		if f.Blank() || len(f.Value) > maxKind {
			continue
		}
		for rank := range best {
			if string(f.Name) == kindFields[rank] {
				best, at = rank, i
				break
			}
		}
	}
	if at < 0 {
		return nil
	}
	return fields[at].Value
}

// goodKind reports whether b may name a kind. What looks like an address or a
// time is no kind, but the value of another field in the wrong place.
func goodKind(b []byte) bool {
	if len(b) == 0 || len(b) > maxKind || b[0] == '-' {
		return false
	}
	switch ShapeOf(b).family() {
	case number, word, prose:
		return true
	default:
		return false
	}
}

// kindOfEvent is the kind that an event tells, nil if none that is good. Formats
// without a notion of kinds do not look for it; where one has, and its field is
// what is missing, another must not stand in for it.
func kindOfEvent(ev *feedgauge.Event, s Structure) []byte {
	kind := ev.Kind
	if kind == nil && s == Declared && !slices.Contains(kindFields, ev.Fault) {
		kind = kindOf(ev.Fields)
	}
	if !goodKind(kind) {
		return nil
	}
	return kind
}

// kindShape is the shape of a kind's name, NoShape if it names none.
func kindShape(b []byte) Shape {
	if !goodKind(b) {
		return NoShape
	}
	return ShapeOf(b)
}
