// Package suggest finds what somebody probably meant to write.
package suggest

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest returns the candidate closest to word, or "" when none is close
// enough to be worth a guess: at most two edits, or a third of the word's
// length if that is more.
func Nearest(word string, candidates []string) string {
	limit := max(2, len(word)/3)
	best := ""
	for _, c := range candidates {
		d := levenshtein.Distance(strings.ToLower(word), strings.ToLower(c), nil)
		if d <= limit && d < len(c) {
			best, limit = c, d-1
		}
	}
	return best
}

// DidYouMean returns a hint that names the nearest candidate, or else all of
// them.
func DidYouMean(word string, candidates []string) string {
	if c := Nearest(word, candidates); c != "" {
		return `did you mean "` + c + `"?`
	}
	if len(candidates) == 0 {
		return ""
	}
	return "one of: " + strings.Join(candidates, ", ")
}
