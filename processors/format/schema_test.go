package format

import (
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	config := NewJSON().(*JSON)
	config.Require = []string{"a"}
	config.Schema = `{"type":"object","required":["a"],"properties":{"a":{"type":"integer","maximum":5},"b":{"pattern":"^x"},"c":{"$ref":"#/$defs/tree"}},
		"$defs":{"tree":{"type":"object","properties":{"left":{"$ref":"#/$defs/tree"},"right":{"$ref":"#/$defs/tree"}},"additionalProperties":false}}}`
	checkLines(t, built(t, config), map[string]string{
		`{"a":1}`: "", `{"a":1,"b":"xy","c":{"left":{"right":{}}}}`: "", `{"a":6}`: "schema", `{"a":"1"}`: "schema", `{"a":1,"b":"y"}`: "schema",
		`{"a":1,"c":{"left":{"up":{}}}}`: "schema", `{}`: "missing_field a", `{"a":1`: "truncated", `{"a":1,"a":2}`: "duplicate_key",
	})
}

func TestSchemasThatAreRefused(t *testing.T) {
	t.Parallel()
	laughs := &strings.Builder{}
	for i := range 30 {
		fmt.Fprintf(laughs, `"l%d":{"anyOf":[{"$ref":"#/$defs/l%d"},{"$ref":"#/$defs/l%d"}]},`, i, i+1, i+1)
	}
	for text, want := range map[string]string{
		`{`: "no JSON", `{"type":7}`: "the schema is wrong", `{"$ref":"https://example.com/x"}`: "may refer only to itself", `{"$ref":"file:///etc/passwd"}`: "may refer only to itself",
		`{"pattern":"(a|b|c|d|e){500}x"}`:                                                        "steps, more than 1000",
		`{"$ref":"#/$defs/l0","$defs":{` + laughs.String() + `"l30":{"type":"string"}}}`:         "may cost too much",
		`{"anyOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"},"b":{}}}]}`: "may cost too much",
		`{"description":"` + strings.Repeat("x", maxSchema) + `"}`:                               "more than 65536",
	} {
		config := NewJSON().(*JSON)
		config.Schema = text
		if _, err := config.Build(feedgauge.Env{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want %q", text, err, want)
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	config := All()["access_combined"]().(*Config)
	config.Rules = []string{"event.status in [200, 404]", `event.path.startsWith("/")`}
	checkLines(t, built(t, config), map[string]string{
		access: "", strings.Replace(access, " 200 ", " 500 ", 1): "rule", strings.Replace(access, " 200 ", " - ", 1): "rule", strings.Replace(access, "/a?b", "a?b", 1): "rule",
	})
	config.Rules = []string{"event.status >", "1", "event.a.matches(event.b)"}
	if got := mistakes(t, config); len(got) != 3 || got[0].Index != 0 || got[0].Offset != 14 || got[2].Index != 2 {
		t.Errorf("%+v", got)
	}
}
