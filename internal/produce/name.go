package produce

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/naming"
)

// Namer returns the feed's name that belongs to a line, empty if there is none.
// The bytes are valid until its next call.
type Namer func(line []byte) []byte

// Named gives every line the same name.
func Named(feed string) (Namer, error) {
	name := []byte(feed)
	if !feedgauge.GoodName(name) {
		return nil, fmt.Errorf("%q cannot name a feed: %s", feed, goodNames)
	}
	return func([]byte) []byte { return name }, nil
}

const goodNames = "a name has 1 to 255 bytes of UTF-8 without control characters"

// CheckTenant says what is wrong with the name of a tenant.
func CheckTenant(tenant string) error {
	if !feedgauge.GoodName([]byte(tenant)) {
		return fmt.Errorf("%q cannot name a tenant: %s", tenant, goodNames)
	}
	return nil
}

// NamedBy reads the name out of each line: "json:a.b.c" takes a string or number
// by its path, "regexp:EXPR" the first group of a regular expression, or all it
// matches if it has no group. What cannot name a feed is no name.
func NamedBy(expr string) (Namer, error) {
	kind, arg, _ := strings.Cut(expr, ":")
	switch kind {
	case "json":
		return byJSON(expr)
	case "regexp":
		return byRegexp(arg)
	}
	return nil, fmt.Errorf(`%q is neither json:PATH nor regexp:EXPR`, expr)
}

func byJSON(expr string) (Namer, error) {
	n, err := naming.New([]string{expr}, nil)
	var field *feedgauge.FieldError
	switch {
	case errors.As(err, &field):
		return nil, fmt.Errorf("%q: %s, %s", expr, field.Msg, field.Hint)
	case err != nil:
		return nil, fmt.Errorf("%q: %w", expr, err)
	}
	return func(line []byte) []byte {
		_, name, _ := n.Name(&feedgauge.Record{Value: line})
		return name
	}, nil
}

func byRegexp(expr string) (Namer, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("regexp %q: %w", expr, err)
	}
	group := min(1, re.NumSubexp())
	return func(line []byte) []byte {
		m := re.FindSubmatch(line)
		if m == nil || !feedgauge.GoodName(m[group]) {
			return nil
		}
		return m[group]
	}, nil
}
