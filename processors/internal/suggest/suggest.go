// Package suggest finds the word that was probably meant.
package suggest

import (
	"fmt"

	"github.com/agext/levenshtein"
)

// Nearest returns the known word closest to word, empty when none is near: at
// most two edits away, and less than half of the word.
func Nearest(word string, known []string) string {
	best, least := "", min(2, (len(word)-1)/2)+1
	for _, k := range known {
		if d := levenshtein.Distance(word, k, nil); d < least {
			best, least = k, d
		}
	}
	return best
}

// Hint returns a sentence that names the nearest known word, empty when none is
// near.
func Hint(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}
