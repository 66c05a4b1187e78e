package profile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
)

const (
	// maxSamples is how many lines a profile keeps, and maxSample how much of
	// each, in bytes.
	maxSamples = 3
	maxSample  = 200
)

// Sample is the beginning of a line that is in a profile.
type Sample struct {
	Hash      uint64
	Structure Structure
	Kind      string
	Text      string
}

// Samples are the lines with the smallest hashes, so that they are the same
// however the lines were dealt out.
func (p *Profile) Samples() []Sample { return p.samples }

func (p *Profile) sample(ev *feedgauge.Event, s Structure, hash uint64) {
	if n := len(p.samples); n == maxSamples && hash > p.samples[n-1].Hash {
		return
	}
	kept := Sample{Hash: hash, Structure: s, Text: cutText(ev.Text)}
	kept.Kind = string(kindOfEvent(ev, s))
	p.keep(kept)
}

// cutText is the beginning of a line, valid UTF-8.
func cutText(b []byte) string { return strings.ToValidUTF8(string(b[:min(len(b), maxSample)]), "") }

// keep notes a sample if its hash is among the smallest.
func (p *Profile) keep(s Sample) {
	at, found := slices.BinarySearchFunc(p.samples, s, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), strings.Compare(a.Text, b.Text), cmp.Compare(a.Structure, b.Structure), strings.Compare(a.Kind, b.Kind))
	})
	if found || at == maxSamples {
		return
	}
	p.samples = slices.Insert(p.samples, at, s)
	if len(p.samples) > maxSamples {
		p.samples = p.samples[:maxSamples]
	}
}
