package processortest

import (
	"fmt"
	"runtime"
	"strings"
)

// recorder is a test that remembers how it failed.
type recorder struct {
	TB
	failed bool
	said   strings.Builder
}

func (r *recorder) Helper()                        {}
func (r *recorder) Log(args ...any)                { fmt.Fprintln(&r.said, args...) }
func (r *recorder) Logf(format string, a ...any)   { fmt.Fprintf(&r.said, format+"\n", a...) }
func (r *recorder) Fail()                          { r.failed = true }
func (r *recorder) Failed() bool                   { return r.failed }
func (r *recorder) Error(args ...any)              { r.Log(args...); r.Fail() }
func (r *recorder) Errorf(format string, a ...any) { r.Logf(format, a...); r.Fail() }
func (r *recorder) FailNow()                       { r.Fail(); runtime.Goexit() }
func (r *recorder) Fatal(args ...any)              { r.Log(args...); r.FailNow() }
func (r *recorder) Fatalf(format string, a ...any) { r.Logf(format, a...); r.FailNow() }
