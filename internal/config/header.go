package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// header returns the range of a block's type and labels.
func header(b *hclsyntax.Block) hcl.Range {
	r := b.TypeRange
	if n := len(b.LabelRanges); n > 0 {
		r.End = b.LabelRanges[n-1].End
	}
	return r
}

// reportHeader adds an error about a block as a whole.
func (l *loader) reportHeader(b *block, d Diagnostic) { l.report(b.text, header(b.Block), d) }

// labels checks that a block has the labels its type takes, and that names are
// good ones.
func (l *loader) labels(b *block) bool {
	want, _ := labelsOf(b.Type)
	switch {
	case len(b.Labels) < len(want):
		l.reportHeader(b, Diagnostic{
			Summary: "Missing label", Detail: fmt.Sprintf("The block %s needs its %s in quotes.", b.Type, strings.Join(want[len(b.Labels):], " and ")),
			Hint: "for example: " + example(b.Type),
		})
		return false
	case len(b.Labels) > len(want):
		l.report(b.text, b.LabelRanges[len(want)], Diagnostic{
			Summary: "Label not expected", Detail: fmt.Sprintf("The block %s takes %s.", b.Type, counted(want)),
			Hint: "for example: " + example(b.Type),
		})
		return false
	}
	for i, w := range want {
		if w == "name" && !goodName(b.Labels[i]) {
			l.report(b.text, b.LabelRanges[i], Diagnostic{Summary: "Bad name", Detail: badName})
			return false
		}
	}
	return true
}

const badName = "A name has 1 to 255 bytes of UTF-8 without control characters, and not only blanks."

// goodName reports whether a name can be told from others. One of blanks may be
// what a broken device sends; nobody means to write it.
func goodName(s string) bool {
	return feedgauge.GoodName([]byte(s)) && strings.TrimSpace(s) != ""
}

func counted(labels []string) string {
	switch len(labels) {
	case 0:
		return "no label"
	case 1:
		return "one label, its " + labels[0]
	}
	return "two labels, its " + strings.Join(labels, " and ")
}

// unknownBlock reports a block of a type that is not in known.
func (l *loader) unknownBlock(b *block, known []string) {
	hint := ""
	switch {
	case slices.Contains(insides(), b.Type):
		hint = "it belongs inside a class"
		if b.Type == "rule" {
			hint += ", or a rules block"
		}
	case slices.Contains(connections(), b.Type):
		hint = "it belongs inside kafka"
	case isTop(b.Type):
		hint = "it belongs to the top level of the file, outside of other blocks"
	case len(known) > 0:
		hint = suggest.DidYouMean(b.Type, known)
	case owner(b.Type) != "":
		hint = "write " + b.Type + " = ..."
	}
	l.report(b.text, b.TypeRange, Diagnostic{
		Summary: "Unknown block", Detail: fmt.Sprintf("There is no block %s here.", quote(b.Type)), Hint: hint,
	})
}

// strayOption reports an option outside of all blocks.
func (l *loader) strayOption(t *text, a *hclsyntax.Attribute) {
	hint := "options stand in blocks"
	if _, known := labelsOf(a.Name); known {
		hint = "write it as a block: " + example(a.Name) + " ... }"
	} else if home := owner(a.Name); home != "" {
		hint = "it is an option of " + home
	}
	l.report(t, a.NameRange, Diagnostic{
		Summary: "Unknown option", Detail: fmt.Sprintf("There is no option %s outside of all blocks.", quote(a.Name)), Hint: hint,
	})
}

// kind looks up a plugin by the first label of b. The error lists what there is.
func kind[T any](l *loader, b *block, what string, table map[string]T, builtin ...string) (T, bool) {
	if p, ok := table[b.Labels[0]]; ok {
		return p, true
	}
	known := slices.Clone(builtin)
	for k := range table {
		known = append(known, k)
	}
	slices.Sort(known)
	l.report(b.text, b.LabelRanges[0], Diagnostic{
		Summary: "Unknown " + what, Detail: fmt.Sprintf("There is no %s %s.", what, quote(b.Labels[0])),
		Hint: suggest.DidYouMean(b.Labels[0], known),
	})
	var none T
	return none, false
}

// unique reports blocks of a name that another has already. The name is the last
// label. All are returned, so that mistakes in them are found too.
func (l *loader) unique(bs []*block) []*block {
	seen := map[string]*block{}
	for _, b := range bs {
		last := len(b.Labels) - 1
		if first, ok := seen[b.Labels[last]]; ok {
			l.twice(b, b.LabelRanges[last], first)
			continue
		}
		seen[b.Labels[last]] = b
	}
	return bs
}

func (l *loader) twice(b *block, at hcl.Range, first *block) {
	l.report(b.text, at, Diagnostic{
		Summary: "Name used twice",
		Detail:  fmt.Sprintf("There is a %s of this name already, at %s.", b.Type, first.where()),
		Hint:    "rename or remove one of them",
	})
}

// where returns file:line:column of a block.
func (b *block) where() string {
	at := b.TypeRange.Start.Byte
	return Range{Filename: b.text.name, Start: b.text.pos(at)}.String()
}

// single returns the only block of a type, and reports any further one.
func (l *loader) single(bs []*block, why string) *block {
	if len(bs) == 0 {
		return nil
	}
	for _, b := range bs[1:] {
		l.reportHeader(b, Diagnostic{
			Summary: "Block given twice", Detail: fmt.Sprintf("There is a block %s already, at %s. %s", b.Type, bs[0].where(), why),
			Hint: "remove one of them",
		})
	}
	return bs[0]
}
