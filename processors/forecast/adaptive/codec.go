package adaptive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"reflect"
)

// version is that of the memory's layout.
const version = 2

// Layouts of a memory: what comes first in it, since version 2.
const (
	layoutWhole   = 0
	layoutCompact = 1
)

// upgrade makes the memory of a version into one of the next. A change of the
// layout comes with a case here.
func upgrade(from byte, body []byte) ([]byte, error) {
	if from == 1 { // there were only whole ones
		return append([]byte{layoutWhole}, body...), nil
	}
	return nil, fmt.Errorf("an adaptive forecast of version %d is not known here", from)
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// parts are the pieces of a memory in the order in which they are saved.
func (m *memory[F]) parts() []any {
	out := []any{
		&m.Next, &m.Day, &m.Seen, m.Profile.Bins, &m.Profile.mixture, &m.Scale, &m.Short, &m.Sums,
	}
	if m.Blocks != nil {
		out = append(out, m.Blocks)
	}
	out = append(out, &m.Gap, &m.Excess, m.Tails, &m.Feed)
	if m.Onset != nil {
		out = append(out, m.Onset)
	}
	return append(out, &m.Episode, &m.Holiday, &m.Late)
}

// Append implements [feedgauge.Model]: a version byte, the layout, the memory in
// little endian, and the CRC-32C of all.
func (c *core[F]) append(b []byte) []byte {
	start := len(b)
	layout := byte(layoutWhole)
	if c.m.Blocks == nil {
		layout = layoutCompact
	}
	b = append(b, version, layout)
	for _, part := range c.m.parts() {
		var err error
		if b, err = binary.Append(b, binary.LittleEndian, part); err != nil {
			panic(err) // each part has a fixed size
		}
	}
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:]))
}

// load reads what append wrote, of this version or an earlier one, and of either
// layout.
func (c *core[F]) load(b []byte) error {
	if len(b) < 1+4 {
		return errors.New("too short for the memory of an adaptive forecast")
	}
	n := len(b) - 4
	if checksum(b[:n]) != binary.LittleEndian.Uint32(b[n:]) {
		return errors.New("the memory of an adaptive forecast is damaged: its checksum does not fit")
	}
	v, body := b[0], b[1:n]
	for ; v != version; v++ {
		var err error
		if body, err = upgrade(v, body); err != nil {
			return err
		}
	}
	m, err := decode[F](body)
	if err != nil {
		return err
	}
	c.take(m)
	return nil
}

// decode reads a memory that begins with its layout.
func decode[F number](body []byte) (*memory[F], error) {
	if len(body) == 0 || body[0] > layoutCompact {
		return nil, errors.New("the memory of an adaptive forecast has a layout that is not known here")
	}
	m := newMemory[F](body[0] == layoutCompact)
	body = body[1:]
	for _, part := range m.parts() {
		n, err := binary.Decode(body, binary.LittleEndian, part)
		if err != nil {
			return nil, errors.New("the memory of an adaptive forecast is too short")
		}
		body = body[n:]
	}
	if len(body) > 0 {
		return nil, errors.New("the memory of an adaptive forecast is too long")
	}
	if !finite(reflect.ValueOf(m)) {
		return nil, errors.New("the memory of an adaptive forecast holds what is no number")
	}
	return &m, nil
}

// take goes on with a memory, in the layout of the own one: a class may be made
// compact, or no longer be, and its feeds forget nothing but what has no place.
func (c *core[F]) take(m *memory[F]) {
	if (m.Blocks == nil) == (c.m.Blocks == nil) {
		c.m = *m
		return
	}
	own := newCore[F](c.p).m
	for b := range bins {
		*own.Profile.bin(b) = *m.Profile.bin(b)
	}
	for hour := range hours {
		if mean, ok := m.Profile.mean(hour, saturday); ok && own.Blocks == nil {
			*own.Profile.bin(hour) = F(mean)
		}
	}
	for j := range tests {
		if own.has(j) && m.has(j) {
			*own.tail(j) = *m.tail(j)
		}
	}
	own.Profile.mixture = m.Profile.mixture
	m.Profile, m.Tails, m.Blocks, m.Onset = own.Profile, own.Tails, own.Blocks, own.Onset
	c.m = *m
}

// finite reports whether all numbers in a memory are.
func finite(v reflect.Value) bool {
	switch kind := v.Kind(); {
	case kind == reflect.Pointer:
		return v.IsNil() || finite(v.Elem())
	case kind == reflect.Struct:
		for i := range v.NumField() {
			if !finite(v.Field(i)) {
				return false
			}
		}
	case kind == reflect.Array, kind == reflect.Slice:
		for i := range v.Len() {
			if !finite(v.Index(i)) {
				return false
			}
		}
	case v.CanFloat():
		return !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
	}
	return true
}
