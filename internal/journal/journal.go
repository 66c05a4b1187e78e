// Package journal is the codec of the journal: the append-only log of all that
// can change a finding. A record is an envelope of a version byte, a kind byte
// and a message in Protocol Buffers' wire format, whose unknown fields are
// skipped, so that an older member can read what a newer one of the same version
// wrote.
package journal

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
)

// Version is the version of the envelope this binary writes.
const Version = 1

// maxAhead is how far ahead of ours the version of a newer program may be. What
// claims to be further ahead is nobody's: something else has written it.
const maxAhead = 16

// MaxRecord is the size at which a packed tally is split, in bytes.
const MaxRecord = 512 << 10

// Kind tells what an envelope holds.
type Kind byte

// The kinds of journal record.
const (
	KindTally    Kind = 1
	KindTrailer  Kind = 2
	KindTick     Kind = 3
	KindCommand  Kind = 4
	KindRevision Kind = 5
	KindGap      Kind = 6
)

// String returns the name of the kind.
func (k Kind) String() string {
	switch k {
	case KindTally:
		return "tally"
	case KindTrailer:
		return "trailer"
	case KindTick:
		return "tick"
	case KindCommand:
		return "command"
	case KindRevision:
		return "revision"
	case KindGap:
		return "gap"
	}
	return fmt.Sprintf("kind %d", byte(k))
}

// ErrNewer means that a newer binary wrote the record.
var ErrNewer = errors.New("written in a newer format")

// ErrMalformed means that the bytes are not what the format says.
var ErrMalformed = errors.New("malformed")

// Open splits an envelope.
func Open(b []byte) (Kind, []byte, error) {
	switch {
	case len(b) < 2:
		return 0, nil, fmt.Errorf("envelope of %d bytes: %w", len(b), ErrMalformed)
	case b[0] > Version+maxAhead:
		return 0, nil, fmt.Errorf("envelope of version %d: %w", b[0], ErrMalformed)
	case b[0] > Version:
		return 0, nil, fmt.Errorf("envelope of version %d, this binary reads up to %d: %w", b[0], Version, ErrNewer)
	case b[0] == 0:
		return 0, nil, fmt.Errorf("envelope of version 0: %w", ErrMalformed)
	}
	return Kind(b[1]), b[2:], nil
}

// Decode reads one journal record.
func Decode(b []byte) (feedgauge.Entry, Kind, error) {
	kind, msg, err := Open(b)
	if err != nil {
		return feedgauge.Entry{}, 0, err
	}
	var e feedgauge.Entry
	switch kind {
	case KindTally:
		e.Tally, err = decodeTally(msg)
	case KindTrailer:
		e.Trailer, err = decodeTrailer(msg)
	case KindTick:
		e.Tick = true
	case KindCommand:
		e.Command, err = decodeCommand(msg)
	case KindRevision:
		e.Revision, err = decodeRevision(msg)
	case KindGap:
		e.Gap, err = decodeGap(msg)
	default:
		err = fmt.Errorf("%v: %w", kind, ErrMalformed)
	}
	if err != nil {
		return feedgauge.Entry{}, kind, fmt.Errorf("reading a %v: %w", kind, err)
	}
	return e, kind, nil
}

// AppendTick writes a tick behind b.
func AppendTick(b []byte) []byte { return append(b, Version, byte(KindTick)) }

// Fields walks the fields of a message. fn gets the field's number, its varint
// value if it is one, and its bytes if it is length-delimited; fields of other
// wire types are skipped.
func Fields(b []byte, fn func(num protowire.Number, v uint64, bytes []byte) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("tag: %w", ErrMalformed)
		}
		b = b[n:]
		var v uint64
		var data []byte
		switch typ {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			data, n = protowire.ConsumeBytes(b)
			if data == nil {
				data = []byte{}
			}
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return fmt.Errorf("field %d: %w", num, ErrMalformed)
		}
		b = b[n:]
		if typ != protowire.VarintType && typ != protowire.BytesType {
			continue
		}
		if err := fn(num, v, data); err != nil {
			return err
		}
	}
	return nil
}

// AppendInt writes a signed field in zigzag form, nothing for zero.
func AppendInt(b []byte, num protowire.Number, v int64) []byte {
	if v == 0 {
		return b
	}
	b = protowire.AppendTag(b, num, protowire.VarintType)
	return protowire.AppendVarint(b, protowire.EncodeZigZag(v))
}

// Int reads what AppendInt wrote.
func Int(v uint64) int64 { return protowire.DecodeZigZag(v) }

// AppendText writes a string field, nothing for an empty one.
func AppendText(b []byte, num protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	b = protowire.AppendTag(b, num, protowire.BytesType)
	return protowire.AppendString(b, s)
}

// AppendMessage writes what body appends as a length-delimited field.
func AppendMessage(b []byte, num protowire.Number, body func([]byte) []byte) []byte {
	b = protowire.AppendTag(b, num, protowire.BytesType)
	return protowire.AppendBytes(b, body(nil))
}
