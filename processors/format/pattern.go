package format

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// maxSteps bounds the program of a regular expression. The time to match grows
// with its product with the text: an expression of 1,000 steps may take 10 µs per
// kilobyte, repetitions such as {500} are what makes more.
const maxSteps = 1000

// compile compiles a regular expression, unless it costs too much.
func compile(expr string) (*regexp.Regexp, *typeError) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, &typeError{0, "the regular expression is wrong: " + complaint(err), "see https://pkg.go.dev/regexp/syntax"}
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, &typeError{0, "the regular expression is wrong: " + err.Error(), ""}
	}
	if n := len(prog.Inst); n > maxSteps {
		return nil, &typeError{
			0, fmt.Sprintf("the regular expression takes %d steps, more than %d", n, maxSteps),
			"repeat less: x{500} is 500 times x",
		}
	}
	return regexp.MustCompile(expr), nil
}

// complaint is what is wrong, without the words that the package puts before.
func complaint(err error) string {
	if e, ok := err.(*syntax.Error); ok { //nolint:errorlint // the package returns nothing else
		return string(e.Code) + ": " + e.Expr
	}
	return err.Error()
}
