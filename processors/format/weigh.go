package format

import "github.com/santhosh-tekuri/jsonschema/v6"

// weigher finds out what validating by a schema may cost.
type weigher struct {
	weight map[*jsonschema.Schema]int
}

// tooHeavy is more than any schema may weigh.
const tooHeavy = 1 << 30

// all returns how many parts of the schema are looked at if each reference is
// written out, one that leads back to where it comes from once. A part of which two
// branches look at the same value and lead back to it doubles the cost at each level
// of an event: that is too heavy.
func (w weigher) all(s *jsonschema.Schema) int {
	total := w.of(s)
	for part := range w.weight {
		back := 0
		for _, branch := range together(part) {
			if reaches(branch, part, map[*jsonschema.Schema]bool{}) {
				back++
			}
		}
		if back > 1 {
			return tooHeavy
		}
	}
	return total
}

func (w weigher) of(s *jsonschema.Schema) int {
	if n, ok := w.weight[s]; ok {
		return n // 0 while it is being weighed
	}
	w.weight[s] = 0
	n := 1
	for _, sub := range append(together(s), below(s)...) {
		n = min(n+w.of(sub), tooHeavy)
	}
	w.weight[s] = n
	return n
}

// reaches reports whether from leads to target.
func reaches(from, target *jsonschema.Schema, seen map[*jsonschema.Schema]bool) bool {
	if from == target {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, sub := range append(together(from), below(from)...) {
		if reaches(sub, target, seen) {
			return true
		}
	}
	return false
}

// together returns the parts that look at the same value as s.
func together(s *jsonschema.Schema) []*jsonschema.Schema {
	list := append(append(append([]*jsonschema.Schema{}, s.AllOf...), s.AnyOf...), s.OneOf...)
	list = append(list, s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else)
	if s.DynamicRef != nil {
		list = append(list, s.DynamicRef.Ref)
	}
	for _, d := range s.DependentSchemas {
		list = append(list, d)
	}
	for _, d := range s.Dependencies {
		list = append(list, asSchemas(d)...)
	}
	return present(list)
}

// below returns the parts that look at values inside of that of s.
func below(s *jsonschema.Schema) []*jsonschema.Schema {
	list := append([]*jsonschema.Schema{
		s.PropertyNames, s.UnevaluatedProperties, s.Contains, s.Items2020, s.UnevaluatedItems, s.ContentSchema,
	}, s.PrefixItems...)
	for _, p := range s.Properties {
		list = append(list, p)
	}
	for _, p := range s.PatternProperties {
		list = append(list, p)
	}
	for _, x := range []any{s.AdditionalProperties, s.Items, s.AdditionalItems} {
		list = append(list, asSchemas(x)...)
	}
	return present(list)
}

// asSchemas returns the schemas in what may be one, several or none.
func asSchemas(x any) []*jsonschema.Schema {
	switch x := x.(type) {
	case *jsonschema.Schema:
		return []*jsonschema.Schema{x}
	case []*jsonschema.Schema:
		return x
	}
	return nil
}

func present(list []*jsonschema.Schema) []*jsonschema.Schema {
	out := list[:0]
	for _, s := range list {
		if s != nil {
			out = append(out, s)
		}
	}
	return out
}
