package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// beatsFields are where log shippers put the line: Beats, Logstash and Vector into
// "message", Fluent Bit into "log", Elastic's pipelines into "event.original" once
// "message" is taken apart, and what reads journald keeps its name.
func beatsFields() []string { return []string{"message", "log", "event.original", "MESSAGE"} }

// shipperTimes are where log shippers put the time: Beats, Logstash and Fluent Bit
// into "@timestamp", Vector into "timestamp", Fluent Bit's other outputs into "date".
func shipperTimes() []string { return []string{"@timestamp", "timestamp", "date", "time"} }

// jsonOpener opens envelopes that are objects with the event in a field: a string
// with the line, or an object that is the event.
type jsonOpener struct {
	reader jsonscan.Reader
	field  []finder // the first there is holds the event
	time   []finder
	text   []byte // scratch
}

func newBeats(field string) opener {
	fields := beatsFields()
	if field != "" {
		fields = []string{field}
	}
	return newJSONOpener(fields, shipperTimes())
}

func newJSONOpener(fields, times []string) *jsonOpener {
	return &jsonOpener{field: finders(fields), time: finders(times)}
}

func finders(names []string) []finder {
	out := make([]finder, len(names))
	for i, n := range names {
		out[i].name = n
	}
	return out
}

// names implements opener.
func (o *jsonOpener) names() []string {
	var out []string
	for i := range o.field {
		out = append(out, o.field[i].name)
	}
	return out
}

// open implements opener.
func (o *jsonOpener) open(p *parcel, line []byte) feedgauge.Reason {
	end, fault := o.reader.Read(line, jsonscan.Space(line, 0))
	if fault != jsonscan.Cut && fault != jsonscan.Malformed && jsonscan.Space(line, end) < len(line) {
		return feedgauge.Syntax
	}
	if reason := jsonReason(fault); reason != "" {
		return reason
	}
	f := o.event()
	if f == nil {
		p.fault = o.field[0].name
		return feedgauge.MissingField
	}
	if f.Kind != feedgauge.String && f.Kind != feedgauge.Object {
		p.fault = string(f.Name)
		return feedgauge.BadType
	}
	p.text = o.plain(f)
	p.at, p.clock = o.clock()
	return ""
}

// event returns the field with the event. Fields that are no strings are left out if
// there is a better one: Filebeat's "log" is an object of its own. Null is nothing.
func (o *jsonOpener) event() *feedgauge.Field {
	var other *feedgauge.Field
	for i := range o.field {
		switch f := o.field[i].find(o.reader.Fields); {
		case f == nil || f.Kind == feedgauge.Null:
		case f.Kind == feedgauge.String:
			return f
		case other == nil:
			other = f
		}
	}
	return other
}

// plain returns the text of a field without escapes and the line end that docker
// leaves.
func (o *jsonOpener) plain(f *feedgauge.Field) []byte {
	if f.Escape == feedgauge.Plain {
		return f.Value
	}
	o.text = Unescape(o.text[:0], f)
	return o.text
}

// clock returns the time of the envelope.
func (o *jsonOpener) clock() (feedgauge.Instant, feedgauge.Clock) {
	for i := range o.time {
		f := o.time[i].find(o.reader.Fields)
		if f == nil || f.Kind >= feedgauge.Object || f.Escape != feedgauge.Plain {
			continue
		}
		if at, clock := shipperTime(f.Value); clock != feedgauge.NoClock {
			return at, clock
		}
	}
	return 0, feedgauge.NoClock
}

// shipperTime reads a time by ISO 8601 or since 1970.
func shipperTime(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	if at, clock := iso(b); clock != feedgauge.NoClock {
		return at, clock
	}
	return sinceEpoch(b)
}

// dockerPiece is the length at which docker cuts a line in two (moby,
// daemon/logger/copier.go, defaultBufSize).
const dockerPiece = 16 << 10

// dockerOpener opens what docker's json-file driver writes:
//
//	{"log":"the line\n","stream":"stdout","time":"2026-01-02T03:04:05.123456789Z"}
//
// A line of more than 16 KiB is cut, and all pieces but the last have no line end.
type dockerOpener struct {
	*jsonOpener
	stream finder
}

func newDocker() opener {
	return &dockerOpener{newJSONOpener([]string{"log"}, []string{"time"}), finder{name: "stream"}}
}

// open implements opener.
func (o *dockerOpener) open(p *parcel, line []byte) feedgauge.Reason {
	if reason := o.jsonOpener.open(p, line); reason != "" {
		return reason
	}
	dockerPart(p, o.stream.find(o.reader.Fields))
	return ""
}

// dockerPart notes which stream a text belongs to, nil if that is not told, and
// whether it goes on.
func dockerPart(p *parcel, stream *feedgauge.Field) {
	p.stream = 1
	if stream != nil && string(stream.Value) == "stderr" {
		p.stream = 2
	}
	p.more = len(p.text) >= dockerPiece && !bytes.HasSuffix(p.text, []byte{'\n'})
}
