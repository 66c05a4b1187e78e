// Package command writes an operator's word into the journal: to mute, unmute,
// acknowledge, retire or approve a feed, or all feeds with certain labels.
//
// All commands of one [Send] go in one transaction, under a transactional id of
// its own, so that none of them is written if one is not. The watch folds each
// at its place in the journal, and each command once, by its id.
package command

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// MaxWhy is the longest reason accepted, in bytes: it goes into every alert of a
// muted feed.
const MaxWhy = 500

// Request is what an operator asks for, of feeds or of labels, not of both.
type Request struct {
	Verb   feedgauge.Verb
	Feeds  []feedgauge.FeedID
	Labels map[string]string // all must match
	Word   feedgauge.Word    // with an ack: what the findings were, empty for nothing
	Who    string
	Why    string            // required of a mute
	Until  feedgauge.Instant // end of a mute, After for none
}

// Check reports everything that is wrong with r.
func (r *Request) Check() error {
	errs := []error{r.checkWhom(), r.checkWords()}
	if r.Word != "" && r.Verb != feedgauge.Ack {
		errs = append(errs, errors.New("what findings were is said with an ack"))
	}
	switch r.Word {
	case "", feedgauge.WordReal, feedgauge.WordFalse, feedgauge.WordExpected:
	default:
		errs = append(errs, fmt.Errorf("findings are real, false or expected, not %q", string(r.Word)))
	}
	if r.Verb == feedgauge.Mute && r.Until == 0 {
		errs = append(errs, errors.New("a mute needs an end"))
	}
	return errors.Join(errs...)
}

func (r *Request) checkWhom() error {
	switch {
	case len(r.Feeds) == 0 && len(r.Labels) == 0:
		return errors.New("name the feeds, or labels")
	case len(r.Feeds) > 0 && len(r.Labels) > 0:
		return errors.New("name feeds or labels, not both")
	}
	var errs []error
	seen := make(map[feedgauge.FeedID]bool)
	for _, f := range r.Feeds {
		switch {
		case !feedgauge.GoodName([]byte(f.Tenant)):
			errs = append(errs, fmt.Errorf("%q cannot be the name of a tenant", f.Tenant))
		case !feedgauge.GoodName([]byte(f.Name)):
			errs = append(errs, fmt.Errorf("%q cannot be the name of a feed", f.Name))
		case seen[f]:
			errs = append(errs, fmt.Errorf("feed %q is named twice", f.Name))
		}
		seen[f] = true
	}
	return errors.Join(errs...)
}

func (r *Request) checkWords() error {
	var errs []error
	if !feedgauge.GoodName([]byte(r.Who)) {
		errs = append(errs, fmt.Errorf("%q cannot be the name of somebody", r.Who))
	}
	switch {
	case r.Verb == feedgauge.Mute && strings.TrimSpace(r.Why) == "":
		errs = append(errs, errors.New("a mute needs a reason, so that others know why they hear nothing"))
	case len(r.Why) > MaxWhy:
		errs = append(errs, fmt.Errorf("a reason of %d bytes is too long: %d are allowed", len(r.Why), MaxWhy))
	case !utf8.ValidString(r.Why) || strings.ContainsFunc(r.Why, unicode.IsControl):
		errs = append(errs, fmt.Errorf("the reason %q is not one line of UTF-8", r.Why))
	}
	return errors.Join(errs...)
}

// commands returns a command for each feed, or the one for all labels.
func (r *Request) commands(newID func() string) []feedgauge.Command {
	one := feedgauge.Command{Verb: r.Verb, Labels: r.Labels, Word: r.Word, Who: r.Who, Why: r.Why, Until: r.Until}
	if len(r.Labels) > 0 {
		one.ID = newID()
		return []feedgauge.Command{one}
	}
	out := make([]feedgauge.Command, len(r.Feeds))
	for i, f := range r.Feeds {
		out[i] = one
		out[i].ID, out[i].Feed = newID(), f
	}
	return out
}

// Describe says what a command asks for, in a few words.
func Describe(c *feedgauge.Command) string {
	whom := c.Feed.String()
	if len(c.Labels) > 0 {
		whom = "all feeds with " + labelText(c.Labels)
	}
	text := string(c.Verb) + " " + whom
	switch {
	case c.Word != "":
		return text + " as " + string(c.Word)
	case c.Verb != feedgauge.Mute:
		return text
	case c.Until == feedgauge.After:
		return text + " until it is unmuted"
	}
	return text + " until " + c.Until.String()
}

func labelText(labels map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, k+"="+labels[k])
	}
	return strings.Join(parts, ",")
}

// ParseLabels reads labels of the form name=value. A value may not be empty: it
// would be that of every feed without the label.
func ParseLabels(words []string) (map[string]string, error) {
	labels := make(map[string]string, len(words))
	for _, w := range words {
		k, v, ok := strings.Cut(w, "=")
		old, twice := labels[k]
		switch {
		case !ok || k == "" || v == "":
			return nil, fmt.Errorf("%q is no label: write name=value", w)
		case twice && old != v:
			return nil, fmt.Errorf("no feed has both %s=%s and %s", k, old, w)
		}
		labels[k] = v
	}
	return labels, nil
}
