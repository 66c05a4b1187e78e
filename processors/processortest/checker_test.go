package processortest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

var samples = [][]byte{[]byte("one=1 two=2"), []byte("two=2 one=1"), []byte("broken")}

// checkFunc is a checker made of a function.
type checkFunc func(r *feedgauge.Record) feedgauge.Verdict

func (f checkFunc) Check(r *feedgauge.Record) feedgauge.Verdict { return f(r) }

// proper is a format that keeps the contract: values of pairs of key and value.
func proper(r *feedgauge.Record) feedgauge.Verdict {
	switch {
	case r.Value == nil:
		return feedgauge.Verdict{Reason: feedgauge.NullValue, Blank: true}
	case bytes.IndexByte(r.Value, '=') < 0:
		return feedgauge.Verdict{Reason: feedgauge.Syntax, Lines: 1}
	}
	return feedgauge.Verdict{Lines: 1}
}

func TestCheckerPasses(t *testing.T) {
	t.Parallel()
	Checker(t, func() feedgauge.Checker { return checkFunc(proper) }, samples)
	Checker(t, func() feedgauge.Checker { return checkFunc(proper) }, nil)
}

// TestCheckerFinds breaks each clause of the contract.
func TestCheckerFinds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		want string
		new  func() feedgauge.Checker
	}{
		"memory of an earlier record": {"one that has seen others", func() feedgauge.Checker {
			seen := 0
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				if v := proper(r); seen < 3 {
					seen++
					return v
				}
				return feedgauge.Verdict{Lines: 2}
			})
		}},
		"memory that lies in the record": {"one that has seen others", func() feedgauge.Checker {
			var last []byte
			var said feedgauge.Verdict
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				if r.Value == nil || last == nil || !bytes.Equal(last, r.Value) {
					last, said = r.Value, proper(r)
				}
				return said
			})
		}},
		"modified value": {"record was modified", func() feedgauge.Checker {
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				copy(r.Value, bytes.ToUpper(r.Value))
				return proper(r)
			})
		}},
		"trimmed value": {"record was modified", func() feedgauge.Checker {
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				r.Value = bytes.TrimSpace(r.Value)
				return proper(r)
			})
		}},
		"modified header": {"record was modified", func() feedgauge.Checker {
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				r.Headers[0].Value[0] = 'N'
				return proper(r)
			})
		}},
		"append to the value": {"behind the value", func() feedgauge.Checker {
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				_ = append(r.Value, '\n')
				return proper(r)
			})
		}},
		"reason of its own": {`reason "odd"`, func() feedgauge.Checker {
			return checkFunc(func(*feedgauge.Record) feedgauge.Verdict { return feedgauge.Verdict{Reason: "odd"} })
		}},
		"negative lines": {"-1 lines", func() feedgauge.Checker {
			return checkFunc(func(*feedgauge.Record) feedgauge.Verdict {
				return feedgauge.Verdict{Reason: feedgauge.Syntax, Lines: -1}
			})
		}},
		"nothing accepted": {"without a value", func() feedgauge.Checker {
			return checkFunc(func(*feedgauge.Record) feedgauge.Verdict { return feedgauge.Verdict{} })
		}},
		"panic on empty": {"panic: ", func() feedgauge.Checker {
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				if r.Value != nil {
					_ = r.Value[len(r.Value)-1]
				}
				return proper(r)
			})
		}},
		"panic on long lines": {"panic: ", func() feedgauge.Checker {
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				if len(r.Value) > 1<<19 && bytes.HasPrefix(r.Value, []byte("one")) {
					panic("too long")
				}
				return proper(r)
			})
		}},
		"panic on what was damaged": {"panic: ", func() feedgauge.Checker {
			return checkFunc(func(r *feedgauge.Record) feedgauge.Verdict {
				if _, rest, ok := bytes.Cut(r.Value, []byte("two=")); ok && len(rest) < len(r.Value) {
					_ = rest[0]
				}
				return proper(r)
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, tt.want, func(t TB) { Checker(t, tt.new, samples) })
		})
	}
}

func TestDamageKeepsSamples(t *testing.T) {
	t.Parallel()
	given := [][]byte{[]byte("one=1"), []byte("two")}
	before := []string{"one=1", "two"}
	Checker(t, func() feedgauge.Checker { return checkFunc(proper) }, given)
	if !slices.EqualFunc(given, before, func(b []byte, s string) bool { return string(b) == s }) {
		t.Errorf("samples are now %q", given)
	}
}

// expect runs a contract that has to fail with a message that holds want.
func expect(t *testing.T, want string, contract func(t TB)) {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() { // a fatal failure ends the goroutine, as in a test
		defer close(done)
		contract(r)
	}()
	<-done
	if !r.failed || !strings.Contains(r.said.String(), want) {
		t.Errorf("failed %v, want a failure that says %q; said:\n%s", r.failed, want, r.said.String())
	}
}
