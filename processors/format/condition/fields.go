package condition

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/escape"
)

// fields are the fields of an event whose names begin with prefix, as a map of CEL.
type fields struct {
	event  *feedgauge.Event
	prefix string // empty, or a name and a dot
}

var _ traits.Mapper = (*fields)(nil)

// Find implements [traits.Mapper].
func (m *fields) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	full, inside := m.prefix+string(name), false
	for i := range m.event.Fields {
		f := &m.event.Fields[i]
		if string(f.Name) == full && f.Kind != feedgauge.Object {
			if f.Blank() {
				return nil, false
			}
			return value(f), true
		}
		inside = inside || len(f.Name) > len(full) && string(f.Name[:len(full)]) == full && f.Name[len(full)] == '.'
	}
	if inside {
		return &fields{m.event, full + "."}, true
	}
	return nil, false
}

// value is a field as a value of CEL. It does not point into the record.
func value(f *feedgauge.Field) ref.Val {
	text := string(escape.Append(nil, f))
	switch f.Kind {
	case feedgauge.Bool:
		return types.Bool(text == "true")
	case feedgauge.Integer, feedgauge.Decimal, feedgauge.Text:
		if v := number(text); v != nil {
			return v
		}
	default: // text, as it stands
	}
	return types.String(text)
}

// number is the number that text spells, nil if it spells none. What begins with a
// zero is an identifier more often than a number.
func number(text string) ref.Val {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || digits[0] < '0' || digits[0] > '9' || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' {
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.Int(n)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return types.Double(n)
	}
	return nil
}

// Get implements [traits.Indexer].
func (m *fields) Get(key ref.Val) ref.Val {
	if v, ok := m.Find(key); ok {
		return v
	}
	return types.NewErr("no such field: %v", key.Value())
}

// Contains implements [traits.Container].
func (m *fields) Contains(key ref.Val) ref.Val {
	_, ok := m.Find(key)
	return types.Bool(ok)
}

// Size implements [traits.Sizer].
func (m *fields) Size() ref.Val { return types.Int(len(m.event.Fields)) }

// Iterator implements [traits.Iterable]: over no names, since macros over all fields
// would cost more than a condition may.
func (m *fields) Iterator() traits.Iterator {
	return types.DefaultTypeAdapter.NativeToValue([]string{}).(traits.Lister).Iterator()
}

// ConvertToNative implements [ref.Val].
func (m *fields) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("an event is no %v", t)
}

// ConvertToType implements [ref.Val].
func (m *fields) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("an event is no %s", t.TypeName())
}

// Equal implements [ref.Val].
func (m *fields) Equal(ref.Val) ref.Val { return types.False }

// Type implements [ref.Val].
func (m *fields) Type() ref.Type { return types.MapType }

// Value implements [ref.Val].
func (m *fields) Value() any { return m }
