package adaptive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"reflect"
)

// version is that of the memory's layout. A change of it comes with a function
// in upgrades that makes the memory of the version before into one of it.
const version = 1

// upgrades lead from each earlier version to the next.
var upgrades = map[byte]func(body []byte) ([]byte, error){}

// Append implements [feedgauge.Model]: a version byte, the memory in little
// endian, and the CRC-32C of both.
func (c *core[F]) append(b []byte) []byte {
	start := len(b)
	b = append(b, version)
	b, err := binary.Append(b, binary.LittleEndian, &c.m)
	if err != nil {
		panic(err) // the memory has a fixed size
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], crc32.MakeTable(crc32.Castagnoli)))
}

// load reads what append wrote, of this version or an earlier one.
func (c *core[F]) load(b []byte) error {
	if len(b) < 1+4 {
		return errors.New("too short for the memory of an adaptive forecast")
	}
	n := len(b) - 4
	if crc32.Checksum(b[:n], crc32.MakeTable(crc32.Castagnoli)) != binary.LittleEndian.Uint32(b[n:]) {
		return errors.New("the memory of an adaptive forecast is damaged: its checksum does not fit")
	}
	v, body := b[0], b[1:n]
	for ; v != version; v++ {
		up := upgrades[v]
		if up == nil {
			return fmt.Errorf("an adaptive forecast of version %d is not known here", b[0])
		}
		var err error
		if body, err = up(body); err != nil {
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
	switch v.Kind() { //nolint:exhaustive // other kinds hold no number that could be none
	case reflect.Struct:
		for i := range v.NumField() {
			if !finite(v.Field(i)) {
				return false
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			if !finite(v.Index(i)) {
				return false
			}
		}
	case reflect.Float32, reflect.Float64:
		return !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
	}
	return true
}
