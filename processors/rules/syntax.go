package rules

import (
	"regexp"
	"strconv"
	"strings"
)

// What CEL's parser says of an expression that is not well formed. It lists all
// tokens that could have come, by the names its grammar has for them.
var (
	mismatch = regexp.MustCompile(`^(?:mismatched|extraneous) input ('(?s:.*)'|<EOF>) expecting (.*)$`)
	missing  = regexp.MustCompile(`^missing '(.*)' at `)
	noToken  = regexp.MustCompile(`^token recognition error at: '(?s:(.*))'$`)
)

// syntaxError words a mistake of form in plain words; rest is the expression from
// the place of the mistake on.
func syntaxError(rest, msg string) (text, hint string) {
	if m := mismatch.FindStringSubmatch(msg); m != nil {
		return unexpected(m[1], rest), usual(rest, m[2])
	}
	if m := missing.FindStringSubmatch(msg); m != nil {
		return "a " + strconv.Quote(m[1]) + " is missing here", ""
	}
	if m := noToken.FindStringSubmatch(msg); m != nil {
		switch word := m[1]; {
		case strings.HasPrefix(word, "'"), strings.HasPrefix(word, `"`):
			return "this text is never closed", "texts end with the quote they began with"
		default:
			return strconv.Quote(strings.TrimSpace(word)) + " means nothing in an expression", usual(rest, "")
		}
	}
	return "this is not well formed: " + msg, ""
}

func unexpected(token, rest string) string {
	token = strings.Trim(token, "'")
	if token == "<EOF>" || rest == "" {
		return "the expression ends where it should go on"
	}
	return strconv.Quote(token) + " cannot stand here"
}

// usual guesses what somebody from another language meant.
func usual(rest, expected string) string {
	for _, other := range []struct{ word, cel string }{
		{"=", "=="}, {"&", "&&"}, {"|", "||"}, {"and ", "&&"}, {"or ", "||"}, {"AND ", "&&"}, {"OR ", "||"}, {"<>", "!="}, {"not ", "!"},
	} {
		if strings.HasPrefix(rest, other.word) && !strings.HasPrefix(rest, other.cel) {
			return "write " + other.cel
		}
	}
	if expected == "<EOF>" {
		return "an operator may be missing before it"
	}
	return ""
}
