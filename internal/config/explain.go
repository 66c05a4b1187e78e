package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/gocty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Effective is a configuration as it is in effect: all blocks with all options,
// those that nobody wrote too. What comes from outside of the files, and so may be
// a secret, is not in it.
type Effective struct {
	Variables []EffectiveOption `json:"variables"`
	Blocks    []EffectiveBlock  `json:"blocks"`
}

// EffectiveBlock is one block.
type EffectiveBlock struct {
	Type    string            `json:"type"`
	Labels  []string          `json:"labels"`
	File    string            `json:"file,omitempty"` // empty if nobody wrote it
	Line    int               `json:"line,omitempty"`
	Default bool              `json:"default"` // nobody wrote it
	Options []EffectiveOption `json:"options"`
	Blocks  []EffectiveBlock  `json:"blocks"`
	Rules   []string          `json:"rules,omitempty"` // of a class, in the order in which they are judged
}

// EffectiveOption is one option with its value.
type EffectiveOption struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`            // null where there is none, or it is hidden
	Source  string          `json:"source,omitempty"` // the expression of a hidden value; where a variable has its value from
	Note    string          `json:"note,omitempty"`   // what holds where there is no value
	Default bool            `json:"default"`          // nobody wrote it
	Hidden  bool            `json:"hidden"`

	written string // the value as in a file
}

// Explain loads a configuration and tells what is in effect, nil if the
// diagnostics have errors.
func Explain(files []string, plugins Plugins, given ...Assignment) (*Effective, Diagnostics) {
	l := newLoader(plugins)
	l.given = given
	for _, name := range files {
		l.load(name)
	}
	p, ds := l.finish()
	if p == nil {
		return nil, ds
	}
	return l.effective(), ds
}

// decoded is what came of one block.
type decoded struct {
	options  []option
	fields   map[string]reflect.Value
	resolved map[string]cty.Value // options that take their default from elsewhere
	origin   map[string]string    // of a class: where rules come from that are not its own
	rules    []string             // of a class, in order
}

// tellRules notes the rules of a class, and where they come from.
func (l *loader) tellRules(b *block, c *pipeline.Class) {
	d := l.decoded[b.Block]
	own := b.Body.Attributes["rules"] != nil || first(b.Body, "rule") != nil
	for _, r := range c.Rules {
		from := d.origin[r.Name()]
		if !own && from == "" {
			from = " of the forecast"
		}
		d.rules = append(d.rules, r.Name()+from)
	}
}

// resolveOption notes what holds for an option that was not written.
func (l *loader) resolveOption(b *block, name, value string) {
	d := l.decoded[b.Block]
	if d == nil || b.Body.Attributes[name] != nil {
		return
	}
	if d.resolved == nil {
		d.resolved = map[string]cty.Value{}
	}
	d.resolved[name] = cty.StringVal(value)
}

func (l *loader) effective() *Effective {
	out := &Effective{Variables: []EffectiveOption{}, Blocks: []EffectiveBlock{}}
	for _, n := range l.declared(rootVar) {
		o := EffectiveOption{Name: n.name, Source: n.from, Default: n.from == ""}
		if n.outside {
			o.Hidden, o.written = true, "null"
		} else {
			o.setValue(n.value)
		}
		out.Variables = append(out.Variables, o)
	}
	for _, t := range l.texts {
		if t.body != nil && !t.included {
			out.Blocks = l.effectiveText(out.Blocks, t)
		}
	}
	out.Blocks = l.impliedBlocks(out.Blocks)
	return out
}

// effectiveText appends the blocks of a file and of those it includes.
func (l *loader) effectiveText(out []EffectiveBlock, t *text) []EffectiveBlock {
	for _, b := range t.body.Blocks {
		switch b.Type {
		case "include":
			for _, in := range t.includes[b] {
				out = l.effectiveText(out, in)
			}
		case "variable", "locals":
		default:
			out = append(out, l.effectiveBlock(t, b))
		}
	}
	return out
}

func (l *loader) effectiveBlock(t *text, b *hclsyntax.Block) EffectiveBlock {
	out := EffectiveBlock{
		Type: b.Type, Labels: append([]string{}, b.Labels...), File: t.name, Line: b.TypeRange.Start.Line,
		Options: []EffectiveOption{}, Blocks: []EffectiveBlock{},
	}
	d := l.decoded[b]
	if d == nil {
		return out
	}
	out.Rules = d.rules
	for _, o := range d.options {
		if !o.block {
			out.Options = append(out.Options, l.effectiveOption(t, b, d, o))
		}
	}
	for _, in := range b.Body.Blocks {
		out.Blocks = append(out.Blocks, l.effectiveBlock(t, in))
	}
	if b.Type == "class" {
		out.Blocks = l.impliedSteps(b, out.Blocks)
	}
	return out
}

func (l *loader) effectiveOption(t *text, b *hclsyntax.Block, d *decoded, o option) EffectiveOption {
	out := EffectiveOption{Name: o.name}
	if a := b.Body.Attributes[o.name]; a != nil {
		if l.outside(a.Expr) {
			out.Hidden, out.Value, out.written = true, json.RawMessage("null"), l.asWritten(t, a)
			out.Source = out.written
			return out
		}
		v, _ := a.Expr.Value(t.ctx) // it has a value: it was decoded
		out.setValue(v)
		return out
	}
	out.Default = true
	if v, ok := d.resolved[o.name]; ok {
		out.setValue(v)
		return out
	}
	out.setDefault(o, d.fields[o.name])
	return out
}

// setDefault sets the value of an option that nobody wrote: its own, or a
// description of it.
func (e *EffectiveOption) setDefault(o option, field reflect.Value) {
	if describes(o.def) {
		e.Note, e.Value = o.def, json.RawMessage("null")
		return
	}
	typ, err := gocty.ImpliedType(field.Interface())
	if err == nil {
		var v cty.Value
		if v, err = gocty.ToCtyValue(field.Interface(), typ); err == nil {
			e.setValue(v)
			return
		}
	}
	e.Note, e.Value = o.def, json.RawMessage("null")
}

func (e *EffectiveOption) setValue(v cty.Value) {
	b, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		b = []byte("null")
	}
	e.Value, e.written = b, string(appendValue(nil, v))
	if e.written == "null" && e.Default { // an empty list or table
		e.Note = "none"
	}
}

// asWritten is the expression of an option, on one line.
func (l *loader) asWritten(t *text, a *hclsyntax.Attribute) string {
	var out bytes.Buffer
	n := normalizer{l: l, text: t, out: &out}
	n.tokens, _ = hclsyntax.LexConfig(t.src, t.name, hcl.InitialPos)
	n.expression(a.EqualsRange.End.Byte, a.SrcRange.End.Byte)
	return out.String()
}

// impliedBlocks adds the blocks of the top level that hold though nobody wrote them.
func (l *loader) impliedBlocks(out []EffectiveBlock) []EffectiveBlock {
	if len(l.blocks["metrics"]) == 0 {
		out = append(out, byDefault("metrics", nil, newMetrics()))
	}
	for _, s := range l.out.Sinks {
		if s.Kind == "kafka" && !slices.ContainsFunc(l.blocks["sink"], func(b *block) bool { return b.Labels[0] == "kafka" }) {
			out = append(out, byDefault("sink", []string{"kafka", s.Name}, newKafkaSink()))
		}
	}
	return out
}

// impliedSteps puts the steps of a class's chain that nobody wrote before those
// that somebody did.
func (l *loader) impliedSteps(b *hclsyntax.Block, out []EffectiveBlock) []EffectiveBlock {
	has := func(kind string) bool {
		return slices.ContainsFunc(b.Body.Blocks, func(in *hclsyntax.Block) bool { return in.Type == kind })
	}
	var front []EffectiveBlock
	if plugin := l.plugins.Processors.Formats["any"]; plugin != nil && !has("format") {
		front = append(front, byDefault("format", []string{"any"}, plugin()))
	}
	at := slices.IndexFunc(out, func(e EffectiveBlock) bool { return e.Type == "format" }) + 1
	if !has("count") {
		out = slices.Insert(out, at, byDefault("count", nil, newCount()))
	}
	return append(front, out...)
}

// byDefault is a block that nobody wrote.
func byDefault(kind string, labels []string, cfg any) EffectiveBlock {
	out := EffectiveBlock{Type: kind, Labels: append([]string{}, labels...), Default: true, Options: []EffectiveOption{}, Blocks: []EffectiveBlock{}}
	v := reflect.ValueOf(cfg).Elem()
	for _, o := range optionsOf(v.Type()) {
		if !o.block {
			e := EffectiveOption{Name: o.name, Default: true}
			e.setDefault(o, v.FieldByIndex(o.index))
			out.Options = append(out.Options, e)
		}
	}
	return out
}

// WriteText writes the configuration for people: in the language it is written in,
// with a comment where nobody wrote what holds.
func (e *Effective) WriteText(w io.Writer) error {
	var out strings.Builder
	for _, v := range e.Variables {
		value, from := v.written, "its default"
		if v.Hidden {
			value = "hidden"
		}
		if v.Source != "" {
			from = v.Source
		}
		fmt.Fprintf(&out, "# var.%s is %s, from %s\n", v.Name, value, from)
	}
	for i := range e.Blocks {
		if out.Len() > 0 {
			out.WriteString("\n")
		}
		e.Blocks[i].lines(&out)
	}
	_, err := w.Write(hclwrite.Format([]byte(out.String())))
	return err
}

// WriteJSON writes the configuration for programs.
func (e *Effective) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(e)
}

// lines writes a block as it would stand in a file.
func (e *EffectiveBlock) lines(out *strings.Builder) {
	out.WriteString(e.Type)
	for _, l := range e.Labels {
		out.WriteString(" " + strconv.Quote(l))
	}
	if e.Default {
		out.WriteString(" { # default\n")
	} else {
		fmt.Fprintf(out, " { # %s:%d\n", e.File, e.Line)
	}
	for i := range e.Options {
		e.Options[i].line(out)
	}
	if len(e.Rules) > 0 {
		out.WriteString("# judged in this order: " + strings.Join(e.Rules, ", ") + "\n")
	}
	for i := range e.Blocks {
		out.WriteString("\n")
		e.Blocks[i].lines(out)
	}
	out.WriteString("}\n")
}

func (e *EffectiveOption) line(out *strings.Builder) {
	switch {
	case e.Note != "":
		fmt.Fprintf(out, "# %s: %s\n", e.Name, e.Note)
	case e.Hidden:
		fmt.Fprintf(out, "# %s: hidden\n%s = %s\n", e.Name, e.Name, strings.TrimSuffix(e.written, "\n"))
	case e.Default:
		fmt.Fprintf(out, "%s = %s # default\n", e.Name, e.written)
	default:
		fmt.Fprintf(out, "%s = %s\n", e.Name, e.written)
	}
}
