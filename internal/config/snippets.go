package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// snippet is one in the form of Visual Studio Code, which other editors read too, see
// https://code.visualstudio.com/docs/editing/userdefinedsnippets.
type snippet struct {
	Scope       string   `json:"scope"`
	Prefix      string   `json:"prefix"`
	Description string   `json:"description"`
	Body        []string `json:"body"`
}

// Snippets returns the blocks of a configuration and their options as snippets for
// editors, made from the configuration structs.
func Snippets(plugins Plugins) ([]byte, error) {
	s := snippets{}
	for _, k := range structs() {
		s.add(k.block, k.of)
	}
	addAll(s, "format", plugins.Processors.Formats)
	addAll(s, "forecast", plugins.Processors.Forecasts)
	addAll(s, "source", plugins.Sources)
	addAll(s, "sink", plugins.Sinks)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("writing snippets: %w", err)
	}
	return out.Bytes(), nil
}

type snippets map[string]snippet

func addAll[C any](s snippets, block string, plugins map[string]func() C) {
	for _, name := range slices.Sorted(maps.Keys(plugins)) {
		s.add(fmt.Sprintf("%s %q", block, name), plugins[name]())
	}
}

// add adds a block, such as class or source "kafka", and what it may hold.
func (s snippets) add(block string, decoded any) {
	kind, _, _ := strings.Cut(block, " ")
	var options []option
	if decoded != nil {
		options = optionsOf(reflect.TypeOf(decoded))
	}
	body, stop := []string{opening(block) + " {"}, 2
	for _, o := range options {
		if o.required && !o.block {
			body = append(body, fmt.Sprintf("\t%s = %s", o.name, placeholder(o, stop)))
			stop++
		}
	}
	if block != "source" { // each is of some kind
		s[block] = snippet{Scope: "hcl", Prefix: strings.ReplaceAll(block, `"`, ""), Description: "Feedgauge: " + block, Body: append(body, "\t$0", "}")}
	}
	for _, o := range options {
		of := block
		if given := block != kind; given && len(o.index) > 1 {
			of = kind // an option that all of the kind have in common
		}
		if !o.block {
			s[of+": "+o.name] = snippet{
				Scope: "hcl", Prefix: o.name, Description: strings.TrimSuffix(kind+": "+o.doc, "."),
				Body: []string{fmt.Sprintf("%s = %s", o.name, placeholder(o, 1))},
			}
		}
	}
}

// opening is a block's first line, with its name to fill in.
func opening(block string) string {
	kind, label, given := strings.Cut(block, " ")
	ex, labels := strings.Fields(strings.TrimSuffix(example(kind), " {")), []string{kind}
	if given {
		labels = append(labels, label)
	}
	for i, l := range ex[len(labels):] {
		labels = append(labels, fmt.Sprintf(`"${%d:%s}"`, i+1, strings.Trim(l, `"`)))
	}
	return strings.Join(labels, " ")
}

// placeholder is an option's value to fill in, of the right form.
func placeholder(o option, stop int) string {
	def := ""
	if !describes(o.def) {
		def = o.def
	}
	inner := strings.NewReplacer(`\`, `\\`, `$`, `\$`, `}`, `\}`).Replace(def)
	switch name := typeName(o.typ); {
	case name == "true or false":
		return fmt.Sprintf("${%d|true,false|}", stop)
	case name == "number":
		if _, err := strconv.ParseFloat(def, 64); err != nil {
			inner = "1"
		}
		return fmt.Sprintf("${%d:%s}", stop, inner)
	case strings.HasPrefix(name, "list"):
		return fmt.Sprintf("[${%d}]", stop)
	case strings.HasPrefix(name, "table"):
		return fmt.Sprintf("{ ${%d} }", stop)
	case name == "any":
		return fmt.Sprintf(`${%d:""}`, stop)
	}
	return fmt.Sprintf(`"${%d:%s}"`, stop, inner)
}
