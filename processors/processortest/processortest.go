// Package processortest holds the contracts of processors as tests. Whoever
// writes a format or a forecast calls them from a test of their own; the built-in
// ones are held to the same.
//
//	func TestContract(t *testing.T) {
//		processortest.Checker(t, newChecker, [][]byte{[]byte("a line"), []byte("a bad one")})
//	}
package processortest

import (
	"fmt"

	"pgregory.net/rapid"
)

// TB is what a contract needs of a test: [testing.T] and [rapid.T] have it.
type TB = rapid.TB

// attempt runs f and reports a panic as a failure that names what was done.
func attempt(t TB, what string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if p := recover(); p != nil {
			if t.Failed() { // a failure that is on its way already
				panic(p)
			}
			t.Fatalf("%s: panic: %v", what, p)
		}
	}()
	f()
}

// brief shows b, shortened.
func brief(b []byte) string {
	const most = 60
	if b == nil {
		return "nil"
	}
	if len(b) <= most {
		return fmt.Sprintf("%q", b)
	}
	return fmt.Sprintf("%q... (%d bytes)", b[:most], len(b))
}
