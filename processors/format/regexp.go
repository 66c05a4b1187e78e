package format

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// Regexp accepts lines that a regular expression (RE2, as of Go) finds something
// in; what its named groups hold are the fields. A group that took no part is blank.
// Write "^" and "$" if it has to be all of the line.
//
// Matching takes time that grows with the length of the line times the steps of the
// expression, whatever is in them, so that product is bounded: the longer the
// expression, the shorter a line that is too long.
type Regexp struct {
	Options
	Expression string `hcl:"expression" doc:"a regular expression whose named groups, (?<name>...), are the fields; with one of 1,000 steps, the most, lines above 32KiB are too long whatever max_line says"`
}

// NewRegexp returns the configuration of format "regexp".
func NewRegexp() feedgauge.FormatConfig { return &Regexp{Options: Defaults()} }

// Build implements [feedgauge.FormatConfig].
func (c *Regexp) Build(feedgauge.Env) (feedgauge.Checker, error) {
	re, fault := c.compile()
	if fault != nil {
		return nil, &feedgauge.FieldError{Field: "expression", Offset: fault.offset, Msg: fault.msg, Hint: fault.hint}
	}
	k, err := c.build(regexpDialect(re))
	if err != nil {
		return nil, err
	}
	k.max = min(k.max, maxWork/stepsOf(re))
	return k, nil
}

// compile compiles the expression.
func (c *Regexp) compile() (re *regexp.Regexp, fault *typeError) {
	re, fault = compile(c.Expression)
	if fault != nil {
		fault.offset = blame(c.Expression)
		return nil, fault
	}
	if len(names(re)) == 0 {
		return nil, &typeError{0, "the regular expression has no named groups", "name what shall be a field: (?<client>\\S+)"}
	}
	return re, nil
}

// blame returns where in an expression the part lies that the parser complains of.
func blame(expr string) int {
	_, err := syntax.Parse(expr, syntax.Perl)
	if e, ok := err.(*syntax.Error); ok { //nolint:errorlint // the package returns nothing else
		return max(0, strings.LastIndex(expr, e.Expr))
	}
	return 0
}

// names returns the names of the groups that have one, in order.
func names(re *regexp.Regexp) []string {
	var out []string
	for _, n := range re.SubexpNames() {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// Common returns the options, for whoever sets them by name.
func (c *Regexp) Common() *Options { return &c.Options }

// Express sets the expression.
func (c *Regexp) Express(expr string) { c.Expression = expr }

// FieldNames returns the names of the groups.
func (c *Regexp) FieldNames() []string {
	re, fault := c.compile()
	if fault != nil {
		return nil
	}
	return names(re)
}

func regexpDialect(re *regexp.Regexp) dialect {
	d := dialect{scanner: func([]string) scanner { return newRegexpScanner(re) }}
	for _, n := range names(re) {
		d.fields = append(d.fields, known{name: n})
	}
	return d
}

type regexpScanner struct {
	re     *regexp.Regexp
	chain  chain // if the expression is one
	at     []int // of its groups
	row    []feedgauge.Field
	groups []int // of each field in row
}

func newRegexpScanner(re *regexp.Regexp) *regexpScanner {
	s := &regexpScanner{re: re, chain: chainOf(re.String()), at: make([]int, 2*(1+re.NumSubexp())), row: row(names(re))}
	for i, n := range re.SubexpNames() {
		if n != "" {
			s.groups = append(s.groups, i)
		}
	}
	return s
}

// scan implements scanner.
func (s *regexpScanner) scan(e *feedgauge.Event, text []byte) feedgauge.Reason {
	wipe(s.row)
	at := s.find(text)
	if at == nil {
		return feedgauge.Syntax
	}
	for i, g := range s.groups {
		if from, to := at[2*g], at[2*g+1]; from >= 0 {
			s.row[i].Value = text[from:to]
		}
	}
	e.Fields = s.row
	return ""
}

// find returns where the groups are in text, nil if it does not match.
func (s *regexpScanner) find(text []byte) []int {
	if s.chain == nil {
		return s.re.FindSubmatchIndex(text)
	}
	if !s.chain.match(text, s.at) {
		return nil
	}
	return s.at
}
