package tail

import (
	"encoding/json"
	"io"
	"math"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// lineVersion is the version of the JSON form. Fields may be added to it without
// a new version, but are never renamed.
const lineVersion = 1

// line is the JSON form of a record. Of headers that occur twice the first
// counts, as it does where feeds are named by a header. KeyBase64 has the bytes
// of a key that its text does not tell; ValueBase64 those of a value that could
// not be decoded, or holds more than is shown.
type line struct {
	Version     int               `json:"version"`
	Topic       string            `json:"topic"`
	Partition   int32             `json:"partition"`
	Offset      int64             `json:"offset"`
	Time        stamp             `json:"time"`
	Key         string            `json:"key"`
	KeyBase64   []byte            `json:"key_base64,omitempty"`
	Headers     map[string]string `json:"headers"`
	Kind        string            `json:"kind"`
	Error       string            `json:"error,omitempty"`
	Value       any               `json:"value"`
	ValueBase64 []byte            `json:"value_base64,omitempty"`
}

// jsonPrinter prints one JSON object per record and line.
type jsonPrinter struct {
	topic string
	enc   *json.Encoder
}

// NewJSON returns a printer of JSON: one object per record and line. topic is
// the name without the prefix.
func NewJSON(w io.Writer, topic string) Printer {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // alerts stay as they are
	return &jsonPrinter{topic: topic, enc: enc}
}

// Print implements Printer.
func (p *jsonPrinter) Print(r *kgo.Record) error { return p.enc.Encode(newLine(p.topic, r)) }

// Close implements Printer.
func (p *jsonPrinter) Close() error { return nil }

func newLine(topic string, r *kgo.Record) *line {
	c := decode(topic, r)
	l := &line{
		Version: lineVersion, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset,
		Time: stamp(feedgauge.InstantOf(r.Timestamp)), Headers: headers(r),
		Kind: c.kind, Value: view(c),
	}
	var exact bool
	if l.Key, exact = keyText(topic, r.Key); !exact {
		l.KeyBase64 = r.Key
	}
	if c.err != nil {
		l.Error = c.err.Error()
	}
	if c.value == nil && c.kind != journal.KindTick.String() {
		l.ValueBase64 = r.Value
	}
	return l
}

func headers(r *kgo.Record) map[string]string {
	m := make(map[string]string, len(r.Headers))
	for _, h := range r.Headers {
		if _, twice := m[h.Key]; !twice {
			m[h.Key] = string(h.Value)
		}
	}
	return m
}

// view returns the JSON form of a record's value: an object, or null if there is
// nothing to decode.
func view(c content) any {
	switch v := c.value.(type) {
	case *feedgauge.Tally:
		return viewTally(v)
	case *feedgauge.Trailer:
		return viewTrailer(v)
	case *feedgauge.Command:
		return commandView{v.ID, string(v.Verb), v.Feed.Tenant, v.Feed.Name, v.Labels, v.Who, v.Why, stamp(v.Until)}
	case *feedgauge.Revision:
		return revisionView{v.Number, v.Fingerprint, v.Text}
	case *feedgauge.Gap:
		return gapView{v.Source, v.Topic, v.Partition, stamp(v.From), stamp(v.To), v.Records}
	case *feedgauge.Closed:
		return viewClosed(v)
	case *watch.State:
		return viewState(v)
	case *watch.Meta:
		return metaView{v.Next, v.ReplayFrom, v.Partitions, stamp(v.Broker)}
	case alert:
		return json.RawMessage(v)
	}
	if c.kind == kindTombstone || c.kind == kindUnknown {
		return nil
	}
	return struct{}{} // a tick, or a kind whose content is not decoded
}

// stamp is an instant in RFC 3339, UTC; null where it stands for "not yet" or
// "never".
type stamp feedgauge.Instant

// MarshalJSON implements json.Marshaler.
func (s stamp) MarshalJSON() ([]byte, error) {
	switch i := feedgauge.Instant(s); i {
	case feedgauge.Before, feedgauge.After:
		return []byte("null"), nil
	default:
		return json.Marshal(i.String())
	}
}

// number is a float that JSON may not be able to hold: null if it is none.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// Duration returns d as it is written in pipeline.hcl: "5m", "1h30m".
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
