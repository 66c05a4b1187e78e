package watch

import (
	"container/heap"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// kind orders what is due at the same time: window ends before deadlines.
type kind uint8

const (
	windowEnd kind = iota
	deadline
	retirement
	muteEnd
)

// due is when and in what order something is judged. fire is at plus the
// class's lateness: nothing that arrived before at can still be missing when
// the watermark has reached it.
type due struct {
	fire, at feedgauge.Instant
	kind     kind
	key      string
}

// compare orders dues so that the sequence of firings is the same whatever the
// steps in which the watermark moved.
func (d due) less(e due) bool {
	if d.fire != e.fire {
		return d.fire < e.fire
	}
	if d.at != e.at {
		return d.at < e.at
	}
	if d.kind != e.kind {
		return d.kind < e.kind
	}
	return strings.Compare(d.key, e.key) < 0
}

// queue is a heap of feeds by their next due time.
type queue []*feed

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.less(q[j].due) }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].heapAt, q[j].heapAt = i, j
}

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	f := x.(*feed)
	f.heapAt = len(*q)
	*q = append(*q, f)
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	old := *q
	f := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	f.heapAt = -1
	return f
}

// set puts f at its place, in the queue already or not.
func (q *queue) set(f *feed) {
	f.due = f.next()
	if f.heapAt < 0 {
		heap.Push(q, f)
		return
	}
	heap.Fix(q, f.heapAt)
}
