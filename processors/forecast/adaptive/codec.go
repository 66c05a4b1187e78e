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
const version = 1

// upgrade makes the memory of a version into one of the next. A change of the
// layout comes with a case here; there has been none yet.
func upgrade(from byte, _ []byte) ([]byte, error) {
	return nil, fmt.Errorf("an adaptive forecast of version %d is not known here", from)
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// Append implements [feedgauge.Model]: a version byte, the memory in little
// endian, and the CRC-32C of both.
func (c *core[F]) append(b []byte) []byte {
	start := len(b)
	b = append(b, version)
	b, err := binary.Append(b, binary.LittleEndian, &c.m)
	if err != nil {
		panic(err) // the memory has a fixed size
	}
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:]))
}

// load reads what append wrote, of this version or an earlier one.
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
	var m memory[F]
	if len(body) != binary.Size(&m) {
		return errors.New("the memory of an adaptive forecast has another length")
	}
	if _, err := binary.Decode(body, binary.LittleEndian, &m); err != nil {
		return fmt.Errorf("decoding an adaptive forecast: %w", err)
	}
	if !finite(reflect.ValueOf(m)) {
		return errors.New("the memory of an adaptive forecast holds what is no number")
	}
	c.m = m
	return nil
}

// finite reports whether all numbers in a memory are.
func finite(v reflect.Value) bool {
	switch kind := v.Kind(); {
	case kind == reflect.Struct:
		for i := range v.NumField() {
			if !finite(v.Field(i)) {
				return false
			}
		}
	case kind == reflect.Array:
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
