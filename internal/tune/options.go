package tune

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// Config is the configuration of a forecast that says which of its options may be
// chosen, and from where to where. It is a pointer to a struct with hcl tags.
type Config interface {
	feedgauge.ForecastConfig
	Ranges() map[string][2]float64
}

// Option is one option that is chosen.
type Option struct {
	Name      string
	Low, High float64
}

// Options returns what can be chosen of a configuration, by name.
func Options(c Config) []Option {
	ranges := c.Ranges()
	var out []Option
	for _, name := range slices.Sorted(maps.Keys(ranges)) {
		out = append(out, Option{name, ranges[name][0], ranges[name][1]})
	}
	return out
}

// field returns the field of an option.
func field(c feedgauge.ForecastConfig, name string) reflect.Value {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if tag(v.Type().Field(i)) == name {
			return v.Field(i)
		}
	}
	panic(fmt.Sprintf("a forecast has no option %q, of which it gives the range", name))
}

func tag(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("hcl"), ",")
	return name
}

// Get returns the values of options.
func Get(c Config, options []Option) []float64 {
	var out []float64
	for _, o := range options {
		out = append(out, field(c, o.Name).Float())
	}
	return out
}

// With returns a copy of a configuration with other values of options.
func With(c Config, options []Option, values []float64) Config {
	out := reflect.New(reflect.TypeOf(c).Elem())
	out.Elem().Set(reflect.ValueOf(c).Elem())
	changed := out.Interface().(Config) // it is of the type of c
	for i, o := range options {
		field(changed, o.Name).SetFloat(values[i])
	}
	return changed
}

// digits is with how many a value is written: more say nothing.
const digits = 3

// Round returns x as it is written.
func Round(x float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil {
		return x // it is no number
	}
	return r
}

// HCL returns the block of a forecast, with the options that are chosen, those that
// are not as in standard, and what is forecast where that is given.
func HCL(name string, c Config, standard feedgauge.ForecastConfig, measures ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "forecast %q {\n", name)
	ranges := c.Ranges()
	v, usual := reflect.ValueOf(c).Elem(), reflect.ValueOf(standard).Elem()
	type line struct{ name, value string }
	var lines []line
	width := 0
	for i := range v.NumField() {
		name := tag(v.Type().Field(i))
		_, chosen := ranges[name]
		if name == "" || !chosen && reflect.DeepEqual(v.Field(i).Interface(), usual.Field(i).Interface()) {
			continue
		}
		lines, width = append(lines, line{name, literal(v.Field(i))}), max(width, len(name))
	}
	if len(measures) > 0 {
		lines, width = append(lines, line{"measures", fmt.Sprintf("[\"%s\"]", strings.Join(measures, `", "`))}), max(width, len("measures"))
	}
	for _, l := range lines {
		fmt.Fprintf(&b, "  %-*s = %s\n", width, l.name, l.value)
	}
	b.WriteString("}\n")
	return b.String()
}

// literal writes a value in the configuration language.
func literal(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case reflect.Slice:
		return list(v)
	default:
		return fmt.Sprintf("%#v", v.Interface())
	}
}

// list writes a list, the hours of a day on a line.
func list(v reflect.Value) string {
	const perLine = 24
	var b strings.Builder
	b.WriteString("[")
	for i := range v.Len() {
		if i%perLine == 0 {
			b.WriteString("\n   ")
		}
		b.WriteString(" " + literal(v.Index(i)) + ",")
	}
	b.WriteString("\n  ]")
	return b.String()
}
