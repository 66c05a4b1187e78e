package config

import (
	"reflect"
	"slices"
	"strings"
)

// labelsOf returns the labels that a block of the language takes, and whether
// there is such a block.
func labelsOf(kind string) (labels []string, ok bool) {
	switch kind {
	case "kafka", "embedded", "metrics", "count", "delivery", "locals", "include", "tls", "sasl":
		return nil, true
	case "inventory", "format", "forecast":
		return []string{"kind"}, true
	case "class", "feed", "measure", "rule", "rules", "group", "variable":
		return []string{"name"}, true
	case "source", "sink":
		return []string{"kind", "name"}, true
	}
	return nil, false
}

// topBlocks are the blocks of a file's top level, chain those of a class in the
// order in which they work.
func topBlocks() []string {
	return []string{
		"kafka", "embedded", "metrics", "source", "class", "rules", "feed", "inventory", "group", "sink",
		"variable", "locals", "include",
	}
}

func chain() []string { return []string{"format", "count", "measure", "forecast", "rule"} }

// insides are all blocks of a class.
func insides() []string { return append([]string{"delivery"}, chain()...) }

func isTop(kind string) bool { return slices.Contains(topBlocks(), kind) }

// example is a header as it should be written.
func example(kind string) string {
	ex := map[string]string{
		"source": `source "kafka" "raw" {`, "class": `class "web" {`, "feed": `feed "web-01" {`,
		"inventory": `inventory "csv" {`, "group": `group "pair" {`, "sink": `sink "kafka" "alerts" {`, "format": `format "json" {`,
		"measure": `measure "hosts" {`, "forecast": `forecast "trend" {`, "rule": `rule "silent" {`, "rules": `rules "usual" {`, "variable": `variable "period" {`,
	}[kind]
	if ex == "" {
		return kind + " {"
	}
	return ex
}

// option is one option of a configuration struct, from its tags.
type option struct {
	name     string
	required bool
	block    bool
	doc, def string
	index    []int // for reflect.Value.FieldByIndex
	typ      reflect.Type
}

// optionsOf lists the options of a configuration struct in the order of its
// fields, those of embedded structs in their place. Labels and other helpers of
// gohcl are left out.
func optionsOf(t reflect.Type) []option {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []option
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for _, o := range optionsOf(f.Type) {
				o.index = append([]int{i}, o.index...)
				out = append(out, o)
			}
			continue
		}
		name, kind, _ := strings.Cut(f.Tag.Get("hcl"), ",")
		if name == "" || !f.IsExported() {
			continue
		}
		o := option{name: name, doc: f.Tag.Get("doc"), def: f.Tag.Get("default"), index: f.Index, typ: f.Type}
		switch kind {
		case "", "attr":
			o.required = f.Type.Kind() != reflect.Pointer
		case "optional":
		case "block":
			o.block = true
		default:
			continue
		}
		out = append(out, o)
	}
	return out
}

// owner returns a block of the language that has an option of that name, for a
// hint to somebody who put it in the wrong place.
func owner(name string) string {
	for _, k := range structs() {
		if k.of == nil {
			continue
		}
		for _, o := range optionsOf(reflect.TypeOf(k.of)) {
			if o.name == name {
				return k.block
			}
		}
	}
	return ""
}

// kindOf is a block of the language and the struct it is decoded into, nil for
// one whose options are free.
type kindOf struct {
	block string
	of    any
}

// structs returns the built-in blocks with their defaults, in the order of the
// documentation.
func structs() []kindOf {
	return []kindOf{
		{"kafka", newKafka()}, {"tls", newTLS()}, {"sasl", newSASL()}, {"embedded", newEmbedded()}, {"metrics", newMetrics()},
		{"source", newNaming()}, {`source "kafka"`, newKafkaSource()},
		{"class", newClass()}, {"delivery", newDelivery()}, {"count", newCount()}, {"measure", newMeasure()}, {"rule", newRule()}, {"rules", nil},
		{"feed", newFeed()}, {"inventory", newInventory()}, {"group", newGroup()}, {`sink "kafka"`, newKafkaSink()},
		{"variable", newVariable()}, {"locals", nil}, {"include", newInclude()},
	}
}
