package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// table is what a format whose header lines name the columns knows of them: the
// names declared by option, until a header line of the record or file tells
// others. Its scanner fills in row.
type table struct {
	typeOf func(name string) string // type of a column by its name, empty for any

	base   layoutOf // of the declared columns
	shown  layoutOf // of the header line that was read last
	last   []byte   // that line
	ids    uint64   // given out so far
	row    []feedgauge.Field
	checks []check
	id     uint64 // of the columns
}

// layoutOf are columns and what is to be checked of them.
type layoutOf struct {
	row    []feedgauge.Field
	checks []check
	id     uint64 // no others have had it
}

// maxColumns bounds what a header line may name.
const maxColumns = 4096

func newTable(declared []string, typeOf func(string) string) *table {
	t := &table{typeOf: typeOf}
	t.base = t.columns(declared, nil)
	t.forget()
	return t
}

// forget implements headed.
func (t *table) forget() {
	t.row, t.checks, t.id = t.base.row, t.base.checks, t.base.id
}

// known reports whether the columns have names.
func (t *table) known() bool { return len(t.row) > 0 }

// same reports whether line is the header that was read last, which holds again:
// nothing has to be read anew.
func (t *table) same(line []byte) bool {
	if len(t.last) == 0 || !bytes.Equal(line, t.last) {
		return false
	}
	t.row, t.checks, t.id = t.shown.row, t.shown.checks, t.shown.id
	return true
}

// hold notes that line gives the columns these names and types; types may be nil.
func (t *table) hold(line []byte, names, types []string) {
	t.shown = t.columns(names, types)
	t.last = append(t.last[:0], line...)
	t.same(line)
}

func (t *table) columns(names, types []string) layoutOf {
	names = names[:min(len(names), maxColumns)]
	t.ids++
	l := layoutOf{row: row(names), id: t.ids}
	for i, n := range names {
		typ := t.typeOf(n)
		if i < len(types) {
			typ = types[i]
		}
		if typ != "" {
			l.checks = append(l.checks, check{finder: finder{n}, column: i, typ: mustType(typ)})
		}
	}
	return l
}

// types implements typed.
func (t *table) types() []check { return t.checks }

// typeable implements typed.
func (t *table) typeable(name string) bool { return t.typeOf(name) != "" }

// untyped is a typeOf that knows no types.
func untyped(string) string { return "" }
