package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge/processors/rules"
)

func TestReferenceIsCurrent(t *testing.T) {
	atRoot(t)
	golden(t, "docs/configuration.md", []byte(Reference(builtin())))
}

// every lists the configuration structs of the language and of the plugins.
func every() map[string]any {
	all := map[string]any{}
	for _, k := range structs() {
		if k.of != nil {
			all[k.block] = k.of
		}
	}
	for name, f := range builtin().Processors.Formats {
		all["format "+name] = f()
	}
	for name, f := range builtin().Processors.Forecasts {
		all["forecast "+name] = f()
	}
	for name, f := range builtin().Sinks {
		all["sink "+name] = f()
	}
	return all
}

// A default that is a value, not a description, is the one that holds.
func TestDefaultTags(t *testing.T) {
	t.Parallel()
	for name, cfg := range every() {
		v := reflect.ValueOf(cfg).Elem()
		for _, o := range optionsOf(v.Type()) {
			if o.doc == "" {
				t.Errorf("%s: %s has no doc", name, o.name)
			}
			if o.required && o.def != "" {
				t.Errorf("%s: %s is required and has a default", name, o.name)
			}
			if o.required || describes(o.def) {
				continue
			}
			src := o.def
			if o.typ.Kind() == reflect.String {
				src = quote(o.def)
			}
			if got := literal(t, src, o.typ); !sameValue(got, v.FieldByIndex(o.index)) {
				t.Errorf("%s: default of %s is %v, documented as %s", name, o.name, v.FieldByIndex(o.index), o.def)
			}
		}
	}
}

// literal evaluates src as an option of type typ.
func literal(t *testing.T, src string, typ reflect.Type) reflect.Value {
	t.Helper()
	holder := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "X", Type: typ, Tag: `hcl:"x,optional"`}}))
	l := newLoader(Plugins{})
	l.parse(newText("literal.hcl", []byte("feed \"f\" { x = "+src+" }")))
	l.decode(l.blocks["feed"][0], nil, holder.Interface())
	if len(l.diags) > 0 {
		t.Errorf("default %s: %s", src, l.diags[0].Detail)
	}
	return holder.Elem().Field(0)
}

func sameValue(a, b reflect.Value) bool {
	if (a.Kind() == reflect.Slice || a.Kind() == reflect.Map) && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// Each measure that can be counted is one that rules can name, and there is no
// other.
func TestMeasuresAreNames(t *testing.T) {
	t.Parallel()
	without := rules.Variables(nil, false)
	for _, m := range measures() {
		vars := rules.Variables([]string{m}, false)
		if len(vars) != len(without)+1 || vars[len(vars)-1].Name != "window."+m {
			t.Errorf("measure %q provides %d names", m, len(vars)-len(without))
		}
	}
}

func TestEveryBlockIsDocumented(t *testing.T) {
	t.Parallel()
	ref := Reference(builtin())
	for _, kind := range append(topBlocks(), chain()...) {
		if !strings.Contains(ref, "## "+kind) {
			t.Errorf("no section on %q", kind)
		}
	}
	for _, k := range structs() {
		if prose(k.block) == "" {
			t.Errorf("nothing is said of %q", k.block)
		}
	}
}
