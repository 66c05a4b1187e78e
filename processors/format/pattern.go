package format

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// maxSteps bounds the program of a regular expression. The time to match may grow
// with its product with the text, at some 15 ns: an expression of 1,000 steps may take
// 15 ms per kilobyte, repetitions such as {500} are what makes more.
const maxSteps = 1000

// maxWork bounds steps of an expression times bytes of a text. Going through it takes
// about half a second at the worst; mostly it takes a hundredth of that.
const maxWork = 32 << 20

// compile compiles a regular expression, unless it costs too much.
func compile(expr string) (*regexp.Regexp, *typeError) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, &typeError{0, "the regular expression is wrong: " + complaint(err), "see https://pkg.go.dev/regexp/syntax"}
	}
	if n := steps(parsed); n > maxSteps {
		return nil, &typeError{
			0, fmt.Sprintf("the regular expression takes %d steps, more than %d", n, maxSteps),
			"repeat less: x{500} is 500 times x",
		}
	}
	return regexp.MustCompile(expr), nil
}

// steps counts the steps of the program of an expression.
func steps(parsed *syntax.Regexp) int {
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return maxSteps + 1 // it never is, says the package
	}
	return len(prog.Inst)
}

// stepsOf counts the steps of an expression that is known to be good.
func stepsOf(re *regexp.Regexp) int {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return maxSteps
	}
	return steps(parsed)
}

// complaint is what is wrong, without the words that the package puts before.
func complaint(err error) string {
	if e, ok := err.(*syntax.Error); ok { //nolint:errorlint // the package returns nothing else
		return string(e.Code) + ": " + e.Expr
	}
	return err.Error()
}
