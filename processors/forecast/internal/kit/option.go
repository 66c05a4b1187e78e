package kit

import (
	"fmt"

	"github.com/feedgauge/feedgauge"
)

// Within returns a mistake if an option is not a number from low to high.
func Within(field string, x, low, high float64, hint string) error {
	if x >= low && x <= high {
		return nil
	}
	return &feedgauge.FieldError{Field: field, Msg: fmt.Sprintf("%v is not a number from %v to %v", x, low, high), Hint: hint}
}

// Width checks the option that says how wide the bounds are.
func Width(x float64) error {
	return Within("width", x, 0.1, 100, "3 lets through what a bell curve gives in 997 of 1000 windows")
}
