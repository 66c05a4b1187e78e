// Package scenario holds the monitor to what it promises in the accidents of a
// cluster: intake that stood still, a broker that was away, clocks that are off,
// lanes without an owner. Its tests run the engine whole, on the embedded kind
// of broker over a network in memory, in a bubble whose clock moves only when
// all else waits: an hour of standstill takes a second and is the same every
// time.
package scenario
