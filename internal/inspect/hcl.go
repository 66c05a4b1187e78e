package inspect

import (
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/feedgauge/feedgauge/processors/profile"
)

// notName is what may not be in a name.
var notName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// name is what source and class are called.
func name(in *Input) string {
	base := in.Topic
	if base == "" {
		base, _, _ = strings.Cut(path.Base(in.Source), ".")
	}
	if base = strings.Trim(notName.ReplaceAllString(base, "-"), "-"); base == "" || base[0]-'0' <= 9 {
		return "logs"
	}
	return strings.ToLower(base)
}

// sourceHCL is a source block for the records.
func sourceHCL(in *Input, r *Report) string {
	f := hclwrite.NewEmptyFile()
	body := f.Body().AppendNewBlock("source", []string{"kafka", name(in)}).Body()
	topic := in.Topic
	if topic == "" {
		topic = name(in)
	}
	body.SetAttributeValue("topics", texts([]string{regexp.QuoteMeta(topic)}))
	body.SetAttributeValue("feed", texts(feeds(in, r)))
	return string(hclwrite.Format(f.Bytes()))
}

// feeds are the accessors that name all records between them, the best first.
func feeds(in *Input, r *Report) []string {
	var out []string
	for _, a := range r.Accessors {
		if worth(a, in) > 1 && len(out) < 2 {
			out = append(out, a.Accessor)
			if a.Coverage >= 1 {
				return out
			}
		}
	}
	if in.Topic == "" && len(out) == 0 {
		return []string{"header:feed", "key"} // a file says nothing of how it will come
	}
	return append(out, "topic")
}

func texts(list []string) cty.Value {
	var values []cty.Value
	for _, s := range list {
		values = append(values, cty.StringVal(s))
	}
	return cty.ListVal(values)
}

// classHCL is a class block that watches the feeds.
func classHCL(in *Input, r *Report, t *table) string {
	f := hclwrite.NewEmptyFile()
	body := f.Body().AppendNewBlock("class", []string{name(in)}).Body()
	body.SetAttributeValue("source", cty.StringVal(name(in)))
	body.SetAttributeValue("match", texts([]string{"*"}))
	body.SetAttributeValue("period", cty.StringVal(period(in, r, t)))
	body.SetAttributeValue("learn", cty.True)
	wrapped := r.Guess.Envelope != "" && !r.inFormat
	known := r.Guess.Format != Unknown && !r.mixed
	if known || wrapped {
		body.AppendNewline()
		format := r.Guess.Format
		if !known {
			format = "any"
		}
		inner := body.AppendNewBlock("format", []string{format}).Body()
		if wrapped {
			inner.SetAttributeValue("envelope", cty.StringVal(r.Guess.Envelope))
		}
		if format == "csv" && (r.Delimiter == ";" || r.Delimiter == "|") {
			inner.SetAttributeValue("delimiter", cty.StringVal(r.Delimiter))
		}
		if names := t.columns(r); len(names) > 0 {
			inner.SetAttributeValue("fields", texts(names))
		}
		if need := required(r, t); len(need) > 0 && format != "any" {
			inner.SetAttributeValue("require", texts(need))
		}
	}
	rule := func(name, when, say string) {
		b := body.AppendNewBlock("rule", []string{name}).Body()
		b.SetAttributeValue("when", cty.StringVal(when))
		b.SetAttributeValue("say", cty.StringVal(say))
	}
	rule("silent", "silence.age > feed.period", "{feed.name} has been silent for {silence.age}, {feed.period} is its limit")
	if known {
		rule("malformed", "window.errors > 0.05 * window.arrivals", "{window.errors} of {window.arrivals} records of {feed.name} broke the format")
	}
	return string(hclwrite.Format(f.Bytes()))
}

// columns are the names of the columns of w3c_iis, if all events have the same: where
// each line is a record, none stands behind the header that names them.
func (t *table) columns(r *Report) (names []string) {
	if r.Guess.Format != "w3c_iis" || r.Headers == 0 || t.events == 0 {
		return nil
	}
	for _, c := range t.order {
		if c.present != t.events {
			return nil
		}
		names = append(names, c.Name)
	}
	return names
}

// periods are the silences that are offered.
var periods = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// period is a silence that the rarest of the feeds shown would not reach by
// chance: thirty times what lies between two of its records. Where no times are
// told it is an hour.
func period(in *Input, r *Report, t *table) string {
	gap := 2 * time.Minute
	if minutes := span(in, t); minutes > 0 && len(in.Records) > 0 {
		fewest := t.events
		if len(r.Accessors) > 0 && worth(r.Accessors[0], in) > 1 {
			if names := r.Accessors[0].Names; len(names) > 0 {
				fewest = names[len(names)-1].Records
			}
		}
		gap = time.Duration(minutes / float64(max(fewest, 1)) * float64(time.Minute))
	}
	for _, p := range periods {
		if 30*gap <= p {
			return brief(p)
		}
	}
	return "24h"
}

func brief(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

// maxRequired is how many fields are required in the block that is offered.
const maxRequired = 4

// required are fields that all events have filled and that matter: addresses, the
// time, whatever tells the kind.
func required(r *Report, t *table) []string {
	var out []string
	add := func(c *column) {
		if c != nil && len(out) < maxRequired && c.filled == t.events && t.events > 0 && c.present == t.events && plain(c.Name) {
			out = append(out, c.Name)
		}
	}
	time := t.byName[r.Time.Field]
	add(time)
	for _, c := range t.order {
		if c != time && c.most(func(s profile.Shape) bool { return typeOf(s) == "ip" }) {
			add(c)
		}
	}
	return out
}

// plain reports whether a name can stand in the option as it is.
func plain(name string) bool {
	return !strings.ContainsAny(name, ":|\x00") && strings.Count(name, ".") < 7 && name == strings.TrimSpace(name) && !strings.Contains(name, "..")
}
