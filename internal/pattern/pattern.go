// Package pattern bounds regular expressions before anybody compiles them. They run
// in linear time, but a few bytes can make a program of millions of steps, which
// takes its memory when it is compiled.
package pattern

import (
	"errors"
	"fmt"
	"regexp/syntax"
)

// MaxSteps is how many steps an expression may have: a character, a class, a choice
// are one each, times what they are repeated.
const MaxSteps = 10_000

// Check reports whether an expression is one, and how large it would become.
func Check(expr string) error {
	re, err := syntax.Parse(expr, syntax.Perl)
	var wrong *syntax.Error
	switch {
	case errors.As(err, &wrong) && len(wrong.Expr) <= 80:
		return fmt.Errorf("%s: `%s`", wrong.Code, wrong.Expr)
	case wrong != nil:
		return errors.New(wrong.Code.String())
	case err != nil:
		return err
	}
	if steps(re) > MaxSteps {
		return fmt.Errorf("written out it has more than %d steps", MaxSteps)
	}
	return nil
}

// steps counts up to one more than are allowed.
func steps(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	if re.Op == syntax.OpCharClass {
		n = 1 + len(re.Rune)/64 // ranges are searched, and many of them take memory
	}
	for _, sub := range re.Sub {
		if n += steps(sub); n > MaxSteps {
			return MaxSteps + 1
		}
	}
	if re.Op == syntax.OpRepeat {
		n = min(n*max(re.Max, re.Min+1), MaxSteps+1)
	}
	return n
}
