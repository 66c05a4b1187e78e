package ocsf

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The reference of alerts has each field that is written, and no other.
func TestDocumentedFields(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Fields\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(section, -1) {
		got = append(got, m[1])
	}
	want := fieldsOf(reflect.TypeFor[record](), "")
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("%q is not in docs/alerts.md", f)
		}
	}
	for _, f := range got {
		if !slices.Contains(want, f) {
			t.Errorf("%q of docs/alerts.md is never written", f)
		}
	}
}

// fieldsOf names what a type holds as JSON, with dots between levels.
func fieldsOf(typ reflect.Type, prefix string) (out []string) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		out = append(out, fieldsOf(typ.Field(i).Type, prefix+name+".")...)
	}
	return out
}
