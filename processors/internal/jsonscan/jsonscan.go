// Package jsonscan reads a few fields out of a JSON object in one pass, without
// building a tree. It validates all it walks over by the grammar of RFC 8259 and
// allocates nothing in steady state.
//
// It differs from encoding/json in three ways. Of a path that occurs twice the
// last value counts, but objects under equal keys are not replaced as a whole.
// Nesting deeper than [MaxDepth] is a syntax error. And a path's dots match dots
// inside keys too: "id.orig_h" finds {"id":{"orig_h":1}} and {"id.orig_h":1},
// since log shippers write both.
package jsonscan

import "strings"

// MaxDepth bounds the nesting of objects and arrays, and with it the stack.
const MaxDepth = 256

// MaxSegments bounds the parts of a path. A path of n parts can be spelled in
// 2^(n-1) ways, one for each choice of dots that lie inside keys.
const MaxSegments = 8

// What a scan returns in place of a position when it stops early.
const (
	Truncated = -1 // the input ends inside the object
	Invalid   = -2 // the input is no JSON object
	Stopped   = -3 // a [Finder] has what it looked for
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds of value. Absent is the zero value: no value at the path.
const (
	Absent Kind = iota
	Null
	Bool
	Integer // a number without fraction and exponent
	Decimal // any other number
	String
	Object
	Array
)

// Value is where a value lies in the input: the bytes from Start to before End,
// for a string those between its quotes.
type Value struct {
	Kind       Kind
	Escaped    bool // the string holds escape sequences
	Start, End int
}

// node is one step of the paths looked for: the keys that lead on from here.
type node struct {
	slot  int // index of the path that ends here, -1 if none
	lens  uint64
	edges []edge
}

type edge struct {
	key  string
	next *node
}

// Scanner looks for a fixed set of paths. It has scratch memory and is used by
// one goroutine.
type Scanner struct {
	root   *node
	values []Value
	key    []byte
	first  bool

	habits  [habits]habit
	members int // read in this scan
}

// New returns a Scanner for paths, each of one to [MaxSegments] parts joined by
// dots. Equal paths share one value: that of the first of them.
func New(paths ...string) *Scanner {
	s := &Scanner{root: &node{slot: -1}, values: make([]Value, len(paths))}
	for slot, path := range paths {
		s.root.add(path, slot)
	}
	return s
}

// Finder returns a Scanner for one path that stops at the first value there.
func Finder(path string) *Scanner {
	s := New(path)
	s.first = true
	return s
}

// Value returns what the last scan found at the path with that index.
func (s *Scanner) Value(path int) Value { return s.values[path] }

// Scan reads one object that begins at b[i] and returns the position after it,
// or [Truncated], [Invalid] or [Stopped].
func (s *Scanner) Scan(b []byte, i int) int {
	clear(s.values)
	s.members = 0
	if i >= len(b) {
		return Truncated
	}
	if b[i] != '{' {
		return Invalid
	}
	return s.object(b, i+1, s.root, 1)
}

// add makes path lead to slot, with every choice of dots kept inside keys.
func (n *node) add(path string, slot int) {
	for at := 0; at < len(path); at++ {
		if path[at] == '.' {
			n.step(path[:at]).add(path[at+1:], slot)
		}
	}
	if end := n.step(path); end.slot < 0 {
		end.slot = slot
	}
}

// step returns the node behind key, a new one if there is none.
func (n *node) step(key string) *node {
	for _, e := range n.edges {
		if e.key == key {
			return e.next
		}
	}
	next := &node{slot: -1}
	n.lens |= 1 << (len(key) & 63)
	n.edges = append(n.edges, edge{key, next})
	return next
}

// find returns the node behind key, nil if no path goes there. The lengths of
// the keys rule out most keys of a record before any byte is compared.
func (n *node) find(key []byte) *node {
	if n.lens&(1<<(len(key)&63)) == 0 {
		return nil
	}
	for i := range n.edges {
		if n.edges[i].key == string(key) {
			return n.edges[i].next
		}
	}
	return nil
}

// BadPath explains what is wrong with a path: the offset in it and a message,
// which is empty for a good path.
func BadPath(path string) (offset int, msg string) {
	if path == "" {
		return 0, "the path is empty"
	}
	parts := strings.Split(path, ".")
	for _, part := range parts {
		if part == "" {
			return offset, "a part of the path is empty"
		}
		offset += len(part) + 1
	}
	if len(parts) > MaxSegments {
		return 0, "the path has more than 8 parts"
	}
	return 0, ""
}
