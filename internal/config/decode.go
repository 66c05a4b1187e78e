package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/feedgauge/feedgauge/internal/suggest"
)

// decode fills the targets, pointers to configuration structs, from the options
// of b; each option goes to the first that has it. Blocks named in inner are
// left to the caller. What is unknown, missing or of the wrong type is reported
// and leaves the default.
func (l *loader) decode(b *block, inner []string, targets ...any) {
	d := decoder{l: l, b: b, inner: inner, fields: map[string]reflect.Value{}}
	for _, t := range targets {
		d.add(reflect.ValueOf(t).Elem())
	}
	for _, a := range sorted(b.Body.Attributes) {
		d.attribute(a)
	}
	for _, in := range b.Body.Blocks {
		d.block(in)
	}
	d.missing()
	l.decoded[b.Block] = &decoded{options: d.options, fields: d.fields}
}

// decoder is one run of decode.
type decoder struct {
	l       *loader
	b       *block
	inner   []string
	options []option
	fields  map[string]reflect.Value
}

func (d *decoder) add(v reflect.Value) {
	for _, o := range optionsOf(v.Type()) {
		if _, taken := d.fields[o.name]; !taken {
			d.options = append(d.options, o)
			d.fields[o.name] = v.FieldByIndex(o.index)
		}
	}
}

// find returns the option of that name, nil if there is none.
func (d *decoder) find(name string) *option {
	for i := range d.options {
		if d.options[i].name == name {
			return &d.options[i]
		}
	}
	return nil
}

func (d *decoder) attribute(a *hclsyntax.Attribute) {
	o := d.find(a.Name)
	switch {
	case o == nil:
		d.unknown(a)
	case o.block:
		d.l.report(d.b.text, a.NameRange, Diagnostic{
			Summary: "Block expected", Detail: quote(a.Name) + " is a block, not an option.",
			Hint: "write " + a.Name + " { ... }",
		})
	default:
		if !d.l.value(d.b, a, d.fields[a.Name]) {
			d.b.bad[a.Name] = true
		}
	}
}

func (d *decoder) unknown(a *hclsyntax.Attribute) {
	var free []string
	for _, o := range d.options {
		if _, set := d.b.Body.Attributes[o.name]; !set && !o.block {
			free = append(free, o.name)
		}
	}
	hint := ""
	switch near, home := suggest.Nearest(a.Name, free), owner(a.Name); {
	case slices.Contains(d.inner, a.Name):
		hint = "write it as a block: " + example(a.Name) + " ... }"
	case near != "":
		hint = "did you mean " + quote(near) + "?"
	case home != "":
		hint = "it is an option of " + home
	case len(d.options) > 0:
		hint = "its options are: " + names(d.options)
	}
	d.l.report(d.b.text, a.NameRange, Diagnostic{
		Summary: "Unknown option", Detail: fmt.Sprintf("There is no option %s in %s.", quote(a.Name), title(d.b.Block)), Hint: hint,
	})
}

func names(os []option) string {
	out := ""
	for i, o := range os {
		if i > 0 {
			out += ", "
		}
		out += o.name
	}
	return out
}

// block decodes a block inside b that belongs to one of the targets.
func (d *decoder) block(in *hclsyntax.Block) {
	if slices.Contains(d.inner, in.Type) {
		return
	}
	o, child := d.find(in.Type), d.b.child(in)
	switch {
	case o == nil:
		d.l.unknownBlock(child, d.blocks())
		return
	case !o.block:
		d.l.report(d.b.text, in.TypeRange, Diagnostic{
			Summary: "Option expected", Detail: quote(in.Type) + " is an option, not a block.",
			Hint: "write " + in.Type + " = ...",
		})
		d.b.bad[in.Type] = true
		return
	}
	d.l.decode(child, nil, blockField(d.fields[o.name]))
}

func (d *decoder) blocks() []string {
	out := slices.Clone(d.inner)
	for _, o := range d.options {
		if o.block {
			out = append(out, o.name)
		}
	}
	return out
}

// blockField returns a pointer to a struct in a field that holds blocks: a struct, a
// pointer to one, or a slice of either.
func blockField(field reflect.Value) any {
	if field.Kind() == reflect.Slice {
		field.Set(reflect.Append(field, reflect.Zero(field.Type().Elem())))
		field = field.Index(field.Len() - 1)
	}
	if field.Kind() == reflect.Pointer {
		if field.IsNil() {
			field.Set(reflect.New(field.Type().Elem()))
		}
		return field.Interface()
	}
	return field.Addr().Interface()
}

func (d *decoder) missing() {
	for _, o := range d.options {
		if _, set := d.b.Body.Attributes[o.name]; set || !o.required || d.b.bad[o.name] {
			continue
		}
		d.b.bad[o.name] = true
		d.l.reportHeader(d.b, Diagnostic{
			Summary: "Missing option", Detail: fmt.Sprintf("%s needs the option %s: %s.", title(d.b.Block), quote(o.name), o.doc),
		})
	}
}

// sorted returns attributes in the order of the file.
func sorted(attrs hclsyntax.Attributes) []*hclsyntax.Attribute {
	out := make([]*hclsyntax.Attribute, 0, len(attrs))
	for _, a := range attrs {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
	return out
}
