package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/feedgauge/feedgauge/processors/rules"
)

// Reference returns the documentation of the configuration in Markdown, made
// from the tags of the configuration structs, built in and of plugins.
func Reference(plugins Plugins) string {
	var w strings.Builder
	w.WriteString(intro)
	for _, k := range structs() {
		w.WriteString("\n## " + k.block + "\n\n" + prose(k.block) + "\n")
		if k.of != nil {
			w.WriteByte('\n')
			optionTable(&w, reflect.TypeOf(k.of))
		}
	}
	section(&w, "Formats", "A class has one `format` block; without it the format is `any`.", "format", plugins.Processors.Formats)
	section(&w, "Forecasts", forecasts(), "forecast", plugins.Processors.Forecasts)
	section(&w, "Further sources", "They have the options `feed`, `tenant` and `slack` of every source too.", "source", plugins.Sources)
	section(&w, "Further sinks", "Each has a name as second label.", "sink", plugins.Sinks)
	variables(&w)
	w.WriteString(outro)
	return w.String()
}

// forecasts says what forecasts are for, with the options that all have.
func forecasts() string {
	var w strings.Builder
	w.WriteString(forecastText)
	optionTable(&w, reflect.TypeOf(newForecast()))
	return strings.TrimSuffix(w.String(), "\n")
}

// section documents the plugins of one kind, by name.
func section[C any](w *strings.Builder, heading, text, block string, plugins map[string]func() C) {
	if len(plugins) == 0 {
		return
	}
	fmt.Fprintf(w, "\n## %s\n\n%s\n", heading, text)
	common := shared(plugins)
	if common != nil {
		fmt.Fprintf(w, "\nThese options are common to all for which no others are named.\n\n")
		optionTable(w, common)
	}
	for _, name := range slices.Sorted(maps.Keys(plugins)) {
		fmt.Fprintf(w, "\n### %s %q\n\n", block, name)
		plugin := plugins[name]()
		own, has := split(reflect.TypeOf(plugin), common)
		fieldNames(w, plugin)
		switch {
		case len(own) > 0:
			tableOf(w, own)
		case has:
			w.WriteString("It has the common options.\n")
		default:
			w.WriteString("It has no options.\n")
		}
	}
}

// shared returns the struct that several plugins of a kind embed for options that
// they have in common, nil if there is none.
func shared[C any](plugins map[string]func() C) reflect.Type {
	for _, name := range slices.Sorted(maps.Keys(plugins)) {
		t := reflect.TypeOf(plugins[name]())
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		for i := range t.NumField() {
			if f := t.Field(i); f.Anonymous && len(optionsOf(f.Type)) > 0 {
				return f.Type
			}
		}
	}
	return nil
}

// split returns the options of t that are not those of common, and whether it has
// those too.
func split(t, common reflect.Type) (own []option, has bool) {
	for _, o := range optionsOf(t) {
		if len(o.index) > 1 && common != nil {
			has = true
			continue
		}
		own = append(own, o)
	}
	return own, has
}

// fieldNames names the fields that a format knows.
func fieldNames(w *strings.Builder, plugin any) {
	format, ok := plugin.(interface{ Known() []string })
	if !ok || len(format.Known()) == 0 {
		return
	}
	fmt.Fprintf(w, "Its fields are `%s`.\n\n", strings.Join(format.Known(), "`, `"))
}

// optionTable writes the options of a configuration struct.
func optionTable(w *strings.Builder, t reflect.Type) { tableOf(w, optionsOf(t)) }

func tableOf(w *strings.Builder, options []option) {
	if len(options) == 0 {
		w.WriteString("It has no options.\n")
		return
	}
	w.WriteString("| option | type | default | meaning |\n|---|---|---|---|\n")
	for _, o := range options {
		def := "required"
		if !o.required {
			def = defaultText(o)
		}
		fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", o.name, typeName(o.typ), def, cell(o.doc))
	}
}

// defaultText shows a value as code, and a description as it is.
func defaultText(o option) string {
	switch {
	case o.def == "":
		return `""`
	case describes(o.def):
		return cell(o.def)
	}
	return "`" + cell(o.def) + "`"
}

// describes reports whether a default is told in words.
func describes(def string) bool {
	return def == "none" || strings.Contains(def, " ") && !strings.HasPrefix(def, "[")
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// typeName names a type as the language sees it.
func typeName(t reflect.Type) string {
	switch k := t.Kind(); {
	case t == reflect.TypeFor[cty.Value]():
		return "any"
	case t == reflect.TypeFor[span]():
		return "duration"
	case k == reflect.String:
		return "text"
	case k == reflect.Bool:
		return "true or false"
	case k == reflect.Slice && typeName(t.Elem()) == "block":
		return "blocks"
	case k == reflect.Slice:
		return "list of " + typeName(t.Elem())
	case k == reflect.Map:
		return "table of " + typeName(t.Elem())
	case k == reflect.Pointer:
		return typeName(t.Elem())
	case k == reflect.Struct:
		return "block"
	}
	return "number"
}

// variables documents the names that rules may use, with what provides them.
func variables(w *strings.Builder) {
	w.WriteString(ruleNames)
	always := rules.Variables(nil, false)
	counted := rules.Variables(measures(), false)[len(always):]
	all := rules.Variables(measures(), true)
	row := func(v rules.Variable, from string) {
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", v.Name, from, cell(v.Doc))
	}
	for _, v := range always {
		row(v, "every class")
	}
	for _, v := range counted {
		row(v, "`count`, if it lists "+strings.TrimPrefix(v.Name, "window."))
	}
	for _, v := range rules.Variables([]string{rules.Own + "NAME"}, false)[len(always):] {
		row(v, "`measure \"NAME\"`")
	}
	for _, v := range rules.Variables([]string{rules.Lines}, false)[len(always):] {
		row(v, "`learn = true`")
	}
	for _, v := range rules.Variables([]string{rules.Clocks}, false)[len(always):] {
		row(v, "`clocks`, where the format reads times")
	}
	for _, v := range rules.Variables([]string{rules.Delivery}, false)[len(always):] {
		row(v, "`delivery`")
	}
	for _, v := range all[len(always)+len(counted):] {
		row(v, "`forecast`")
	}
}
