package format

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/feedgauge/feedgauge"
)

// Bounds of a schema, since validating is exponential in some.
const (
	maxSchema = 64 << 10 // bytes of its text
	maxParts  = 20_000   // its parts, with references written out
)

// schema is a compiled JSON Schema.
type schema struct{ *jsonschema.Schema }

// fits reports whether an event that has been found to be JSON fulfils the schema.
func (s *schema) fits(text []byte) bool {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return err == nil && s.Validate(v) == nil
}

// compileSchema compiles a schema that refers to nothing outside of itself and does
// not cost too much.
func compileSchema(text string) (*schema, error) {
	fail := func(msg, hint string) (*schema, error) {
		return nil, &feedgauge.FieldError{Field: "schema", Msg: msg, Hint: hint}
	}
	if len(text) > maxSchema {
		return fail(fmt.Sprintf("the schema has %d bytes, more than %d", len(text), maxSchema), "")
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return fail("the schema is no JSON: "+err.Error(), "")
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(nowhereLoader{})
	c.UseRegexpEngine(cheapPattern)
	if err := c.AddResource("schema.json", doc); err != nil {
		return fail(err.Error(), "")
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		return fail("the schema is wrong: "+strings.ReplaceAll(err.Error(), "\n", " "), "")
	}
	w := weigher{weight: map[*jsonschema.Schema]int{}}
	if w.all(compiled) > maxParts {
		return fail("validating by the schema may cost too much: too many parts of it look at the same value, or refer to themselves from there", "use fewer allOf, anyOf, oneOf, not, if and $ref inside each other")
	}
	return &schema{compiled}, nil
}

// nowhereLoader keeps a schema from referring to files or addresses.
type nowhereLoader struct{}

// Load implements [jsonschema.URLLoader].
func (nowhereLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%q: a schema may refer only to itself", url)
}

// cheapPattern compiles a pattern of a schema, unless it costs too much.
func cheapPattern(expr string) (jsonschema.Regexp, error) {
	re, err := compile(expr)
	if err != nil {
		return nil, errors.New(err.msg)
	}
	return pattern{re}, nil
}

// pattern is a regular expression as the library wants it.
type pattern struct{ *regexp.Regexp }
