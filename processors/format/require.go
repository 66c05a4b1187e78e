package format

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// columns turns the option "require" of a format with fixed columns into flags,
// one per column. All mistakes are joined.
func columns(require, known []string) (need []bool, err error) {
	need = make([]bool, len(known))
	var errs []error
	for i, name := range require {
		at := slices.Index(known, name)
		switch {
		case at < 0:
			errs = append(errs, unknownField(i, name, known))
		case need[at]:
			errs = append(errs, twice(i, name))
		default:
			need[at] = true
		}
	}
	return need, errors.Join(errs...)
}

func unknownField(index int, name string, known []string) *feedgauge.FieldError {
	hint := suggest.Hint(name, known)
	if hint == "" {
		hint = "fields are " + strings.Join(known, ", ")
	}
	return &feedgauge.FieldError{
		Field: "require", Index: index, Msg: fmt.Sprintf("%q is no field of this format", name), Hint: hint,
	}
}

func twice(index int, name string) *feedgauge.FieldError {
	return &feedgauge.FieldError{
		Field: "require", Index: index, Msg: fmt.Sprintf("%q is listed twice", name), Hint: "remove one of them",
	}
}

// absent reports whether a field's text says that there is none.
func absent(b []byte) bool { return len(b) == 0 || len(b) == 1 && b[0] == '-' }
