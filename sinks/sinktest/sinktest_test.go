package sinktest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// kept is a sink that keeps the contract. The function, where set, breaks it.
type kept struct {
	values []string
	closed int
	write  func(ctx context.Context, k *kept, alerts []feedgauge.Alert) error
	close  func(k *kept) error
}

func (k *kept) Write(ctx context.Context, alerts []feedgauge.Alert) error {
	if k.write != nil {
		return k.write(ctx, k, alerts)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("keeping alerts: %w", ctx.Err())
	}
	for _, a := range alerts {
		k.values = append(k.values, string(a.Value))
	}
	return nil
}

func (k *kept) Close() error {
	k.closed++
	if k.close != nil {
		return k.close(k)
	}
	return nil
}

func TestSinkPasses(t *testing.T) {
	t.Parallel()
	var opened []*kept
	samples := []feedgauge.Alert{{Key: "a", Value: []byte("sample")}}
	Sink(t, func() feedgauge.Sink {
		opened = append(opened, &kept{})
		return opened[len(opened)-1]
	}, samples)
	if len(opened) != 2 || opened[0].closed != 2 || opened[1].closed != 2 {
		t.Errorf("not each of two sinks was closed twice: %d", len(opened))
	}
	n := 0
	for _, v := range opened[0].values {
		if v == "sample" {
			n++
		}
	}
	if n != 2*101 || string(samples[0].Value) != "sample" {
		t.Errorf("the sample came %d times, and is now %q", n, samples[0].Value)
	}
}

// TestSinkFinds breaks each clause of the contract.
func TestSinkFinds(t *testing.T) {
	t.Parallel()
	for want, broken := range map[string]kept{
		"no alerts (nil)": {write: func(_ context.Context, _ *kept, a []feedgauge.Alert) error {
			_ = a[0]
			return nil
		}},
		"again: duplicate": {write: duplicates},
		`odd alert "not JSON`: {write: func(_ context.Context, _ *kept, a []feedgauge.Alert) error {
			for _, x := range a {
				if strings.HasPrefix(string(x.Value), "not") {
					return errors.New("not JSON")
				}
			}
			return nil
		}},
		"modified": {write: func(_ context.Context, _ *kept, a []feedgauge.Alert) error {
			if len(a) > 0 && len(a[0].Value) > 0 {
				a[0].Value[0] = 'x'
			}
			return nil
		}},
		"after the end: panic": {write: func(ctx context.Context, _ *kept, _ []feedgauge.Alert) error {
			if ctx.Err() != nil {
				panic(ctx.Err())
			}
			return nil
		}},
		"written to again: closed before": {close: func(k *kept) error {
			if k.closed > 1 {
				return errors.New("closed before")
			}
			return nil
		}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			expect(t, want, func(t TB) {
				Sink(t, func() feedgauge.Sink { b := broken; return &b }, nil)
			})
		})
	}
}

// duplicates refuses what it has seen before.
func duplicates(_ context.Context, k *kept, a []feedgauge.Alert) error {
	for _, x := range a {
		for _, v := range k.values {
			if v == string(x.Value) {
				return errors.New("duplicate")
			}
		}
		k.values = append(k.values, string(x.Value))
	}
	return nil
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

// recorder is a test that remembers how it failed.
type recorder struct {
	TB
	failed bool
	said   strings.Builder
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	fmt.Fprintf(&r.said, format+"\n", args...)
	r.failed = true
	runtime.Goexit()
}
