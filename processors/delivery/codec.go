package delivery

import (
	"encoding/binary"
	"errors"

	"github.com/feedgauge/feedgauge"
)

// version is the version of the written forms.
const version = 1

// ErrMalformed means that bytes are none of what is written here, ErrNewer that a
// newer program wrote them.
var (
	ErrMalformed = errors.New("malformed")
	ErrNewer     = errors.New("written in a newer format")
)

// Append writes s behind b: a version byte, then sums as varints, hashes as eight
// bytes, and lists with their length before them.
func (s *Summary) Append(b []byte) []byte {
	n := numbers{b: append(b, version)}
	n.summary(s)
	return n.b
}

// Decode reads what Append wrote.
func Decode(b []byte) (*Summary, error) {
	s := &Summary{}
	if err := read(b, func(n *numbers) { n.summary(s) }); err != nil {
		return nil, err
	}
	return s, nil
}

func read(b []byte, each func(*numbers)) error {
	switch {
	case len(b) == 0 || b[0] == 0:
		return ErrMalformed
	case b[0] > version:
		return ErrNewer
	}
	n := numbers{b: b[1:], reads: true}
	if each(&n); n.bad || len(n.b) > 0 {
		return ErrMalformed
	}
	return nil
}

// numbers writes things behind b, or reads them from it: what is written is named
// once, so that both agree. What is missing or cannot be makes it bad.
type numbers struct {
	b     []byte
	reads bool
	bad   bool
}

func (n *numbers) summary(s *Summary) {
	for _, v := range s.sums() {
		n.int(v)
	}
	n.hash(&s.content)
	for _, v := range s.told.sums() {
		n.int(v)
	}
	n.flag(&s.first.set)
	if s.first.set {
		n.instant(&s.first.at)
		n.hash(&s.first.lane)
		n.int(&s.first.offset)
		n.hash(&s.first.hash)
	}
	for i := range list(n, &s.least, maxLeast) {
		n.hash(&s.least[i].hash)
		n.int(&s.least[i].n)
	}
	for i := range list(n, &s.lanes, maxLanes) {
		n.lane(&s.lanes[i])
	}
	for i := range list(n, &s.names, maxNames) {
		n.name(&s.names[i])
	}
}

func (n *numbers) lane(l *lane) {
	n.hash(&l.hash)
	n.int(&l.offset)
	n.flag(&l.open)
	n.flag(&l.cut)
	n.text(&l.sample)
}

func (n *numbers) name(one *name) {
	n.hash(&one.hash)
	n.hash(&one.of)
	n.int(&one.bytes)
	n.int(&one.lines)
	n.int(&one.n)
	n.text(&one.text)
}

// list writes the length of a list, or makes one of the length that is read.
func list[T any](n *numbers, l *[]T, bound int) []T {
	size := int64(len(*l))
	if n.int(&size); size < 0 || size > int64(bound) {
		n.bad = true
	}
	if n.reads && !n.bad && size > 0 {
		*l = make([]T, size)
	}
	return *l
}

func (n *numbers) int(v *int64) {
	if !n.reads {
		n.b = binary.AppendVarint(n.b, *v)
		return
	}
	got, size := binary.Varint(n.b)
	if size <= 0 {
		n.b, n.bad = nil, true
		return
	}
	*v, n.b = got, n.b[size:]
}

func (n *numbers) instant(v *feedgauge.Instant) {
	i := int64(*v)
	n.int(&i)
	*v = feedgauge.Instant(i)
}

func (n *numbers) flag(v *bool) {
	var i int64
	if *v {
		i = 1
	}
	n.int(&i)
	*v = i != 0
}

func (n *numbers) hash(v *uint64) {
	switch {
	case !n.reads:
		n.b = binary.BigEndian.AppendUint64(n.b, *v)
	case len(n.b) < 8:
		n.b, n.bad = nil, true
	default:
		*v, n.b = binary.BigEndian.Uint64(n.b), n.b[8:]
	}
}

func (n *numbers) text(v *string) {
	size := int64(len(*v))
	n.int(&size)
	switch {
	case !n.reads:
		n.b = append(n.b, *v...)
	case n.bad || size < 0 || size > int64(len(n.b)):
		n.b, n.bad = nil, true
	default:
		*v, n.b = string(n.b[:size]), n.b[size:]
	}
}
