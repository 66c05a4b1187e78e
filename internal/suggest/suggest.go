// Package suggest finds what somebody probably meant to write.
package suggest

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest returns the candidate closest to word, or "" when none is close
// enough to be worth a guess: at most one edit in words of up to four letters,
// else two, or a third of the word's length if that is more. Case does not
// matter, and two neighbours that changed places are one edit. Of candidates
// equally close the first is taken. Words of over 100 bytes get no guess, since
// the time it takes grows with the square of the length.
func Nearest(word string, candidates []string) string {
	if len(word) > 100 {
		return ""
	}
	w := []rune(strings.ToLower(word))
	limit := max(2, len(w)/3)
	if len(w) <= 4 {
		limit = 1
	}
	best := ""
	for _, c := range candidates {
		d := distance(w, strings.ToLower(c))
		if d <= limit && d < len(c) {
			best, limit = c, d-1
		}
	}
	return best
}

// distance is Levenshtein's, less the second edit it counts for one pair of
// neighbours that changed places, the commonest slip of a typist.
func distance(word []rune, c string) int {
	d := levenshtein.Distance(string(word), c, nil)
	for i := 1; i < len(word) && d > 1; i++ {
		word[i-1], word[i] = word[i], word[i-1]
		d = min(d, 1+levenshtein.Distance(string(word), c, nil))
		word[i-1], word[i] = word[i], word[i-1]
	}
	return d
}

// Hint returns a hint that names the nearest candidate, "" when none is near.
func Hint(word string, candidates []string) string {
	if c := Nearest(word, candidates); c != "" {
		return `did you mean "` + c + `"?`
	}
	return ""
}

// DidYouMean returns a hint that names the nearest candidate, or else all of
// them.
func DidYouMean(word string, candidates []string) string {
	if hint := Hint(word, candidates); hint != "" || len(candidates) == 0 {
		return hint
	}
	return "one of: " + strings.Join(candidates, ", ")
}
