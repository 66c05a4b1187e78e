package condition

import (
	"strconv"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/escape"
)

// Value is a compiled expression that gives a text or a number, as event.host or
// event.bytes / 1024. It is used by one goroutine.
type Value struct {
	program
	field string // the field, where the expression is the name of one and no more
	last  int    // where in the event that was the last time
}

// NewText compiles an expression that gives what can be told from other values: a
// text, a number, true or false. The error is like that of [New].
func NewText(src string) (*Value, error) {
	return newValue(src, "value that can be counted", cel.StringType, cel.IntType, cel.UintType, cel.DoubleType, cel.BoolType)
}

// NewNumber compiles an expression that gives a number. The error is like that of
// [New].
func NewNumber(src string) (*Value, error) {
	return newValue(src, "number", cel.IntType, cel.UintType, cel.DoubleType)
}

func newValue(src, what string, of ...*cel.Type) (*Value, error) {
	p, err := compile(src, what, of...)
	if err != nil {
		return nil, err
	}
	v := &Value{program: p}
	v.field, _ = fieldOf(p.ast.NativeRep().Expr())
	return v, nil
}

// AppendText appends what the expression gives for e; ok is false, and nothing is
// appended, if that is nothing.
func (v *Value) AppendText(dst []byte, e *feedgauge.Event) (_ []byte, ok bool) {
	if f := v.find(e); f != nil {
		if f.Blank() {
			return dst, false
		}
		return escape.Append(dst, f), true
	}
	out, ok := v.eval(e)
	if !ok {
		return dst, false
	}
	switch x := out.(type) {
	case types.String:
		return append(dst, x...), len(x) > 0
	case types.Int:
		return strconv.AppendInt(dst, int64(x), 10), true
	case types.Uint:
		return strconv.AppendUint(dst, uint64(x), 10), true
	case types.Double:
		return strconv.AppendFloat(dst, float64(x), 'g', -1, 64), true
	case types.Bool:
		return strconv.AppendBool(dst, bool(x)), true
	}
	return dst, false
}

// Number returns what the expression gives for e; ok is false if that is no number.
func (v *Value) Number(e *feedgauge.Event) (x float64, ok bool) {
	var out ref.Val
	if f := v.find(e); f != nil {
		if f.Blank() {
			return 0, false
		}
		out = value(f)
	} else if out, ok = v.eval(e); !ok {
		return 0, false
	}
	switch n := out.(type) {
	case types.Int:
		return float64(n), true
	case types.Uint:
		return float64(n), true
	case types.Double:
		return float64(n), true
	}
	return 0, false
}

// find returns the field that the expression is, nil if it is more than that, or
// the event has none of that name. Senders write the same fields in the same order.
func (v *Value) find(e *feedgauge.Event) *feedgauge.Field {
	if v.field == "" {
		return nil
	}
	if v.last < len(e.Fields) && string(e.Fields[v.last].Name) == v.field && e.Fields[v.last].Kind != feedgauge.Object {
		return &e.Fields[v.last]
	}
	for i := range e.Fields {
		if f := &e.Fields[i]; string(f.Name) == v.field && f.Kind != feedgauge.Object {
			v.last = i
			return f
		}
	}
	return nil
}
