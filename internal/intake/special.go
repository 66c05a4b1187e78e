package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/count"
)

// Dead is a record that could not be taken in, as it was, and why.
type Dead struct {
	Record feedgauge.Record
	Why    string
}

// maxDead bounds the dead records kept for one transaction; all are counted.
const maxDead = 1000

// check asks the format for its verdict. A check that panics must not stop the
// lane, let alone again and again after each restart: its record is put aside.
func (in *Intake) check(f *feed, r *feedgauge.Record, a *count.Arrival) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			in.bury(r, fmt.Sprint(p))
			ok = false
		}
	}()
	in.examine(f, r, a)
	return true
}

func (in *Intake) bury(r *feedgauge.Record, why string) {
	if len(in.dead) >= maxDead {
		return
	}
	own := *r
	own.Key, own.Value = bytes.Clone(r.Key), bytes.Clone(r.Value)
	own.Headers = nil
	for _, h := range r.Headers {
		own.Headers = append(own.Headers, feedgauge.Header{Key: h.Key, Value: bytes.Clone(h.Value)})
	}
	in.dead = append(in.dead, Dead{Record: own, Why: why})
}

// Dead returns the records put aside since the last commit.
func (in *Intake) Dead() []Dead { return in.dead }

// announce reads what a record says of a delivery. One record of a delivery, its
// first or a manifest, carries the name.
func announce(a *count.Arrival, d *pipeline.Delivery, r *feedgauge.Record) {
	for _, h := range r.Headers {
		if h.Key == "" {
			continue // an option that is not set
		}
		switch h.Key {
		case d.Name:
			a.Delivery, a.Name = true, h.Value
		case d.Bytes:
			a.DeclaredBytes, a.Sized = declared(h.Value)
		case d.Lines:
			a.DeclaredLines, a.Lined = declared(h.Value)
		}
	}
}

// maxManifest bounds the value of a manifest, in bytes.
const maxManifest = 64 << 10

// readManifest takes in a record that tells of a delivery in its value, a JSON
// object with name, size (in bytes) and lines, and reports whether it is one. One
// that cannot be read counts as malformed.
func readManifest(a *count.Arrival, d *pipeline.Delivery, r *feedgauge.Record) bool {
	if d.Manifest == "" || !slices.ContainsFunc(r.Headers, func(h feedgauge.Header) bool { return h.Key == d.Manifest }) {
		return false
	}
	a.Manifest = true
	var m struct {
		Name  string `json:"name"`
		Size  *int64 `json:"size"`
		Lines *int64 `json:"lines"`
	}
	if len(r.Value) > maxManifest || json.Unmarshal(r.Value, &m) != nil || m.Size != nil && *m.Size < 0 || m.Lines != nil && *m.Lines < 0 {
		a.Verdict.Reason = feedgauge.Syntax
		return true
	}
	a.Delivery, a.Name = true, []byte(m.Name)
	if m.Size != nil {
		a.DeclaredBytes, a.Sized = *m.Size, true
	}
	if m.Lines != nil {
		a.DeclaredLines, a.Lined = *m.Lines, true
	}
	return true
}

// declared reads a number from a header, if there is one.
func declared(b []byte) (n int64, ok bool) {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64)
	if err != nil || n < 0 {
		return 0, false
	}
	return n, true
}

// Blocked returns the owned lanes that an outside transaction holds back, in
// order.
func (in *Intake) Blocked() []feedgauge.Lane {
	var out []feedgauge.Lane
	for _, l := range in.lanes {
		if l.proof == feedgauge.ProofBlocked {
			out = append(out, l.Lane)
		}
	}
	slices.SortFunc(out, func(a, b feedgauge.Lane) int {
		if a.Less(b) {
			return -1
		}
		return 1
	})
	return out
}
