package config

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	p, ds := withInventory(t, "name,class,tenant\na,c,\nb,c,\nx,c,acme\na,c,acme\n",
		"group \"pair\" { members = [\"a\", \"f\"] }\n"+
			"group \"pair\" {\n  tenant = \"acme\"\n  members = [\"x\", \"a\"]\n  need = 2\n}\n")
	if p == nil || len(ds) > 0 {
		t.Fatal(ds.Err())
	}
	if len(p.Groups) != 2 {
		t.Fatalf("%d groups", len(p.Groups))
	}
	one, two := p.Groups[0], p.Groups[1]
	if one.ID() != (feedgauge.FeedID{Tenant: "main", Name: "pair"}) || one.Need != 1 || len(one.Members) != 2 || two.Need != 2 || two.Tenant != "acme" {
		t.Errorf("groups %+v and %+v", one, two)
	}
	for id, want := range map[feedgauge.FeedID]any{
		{Tenant: "main", Name: "a"}: one, {Tenant: "main", Name: "f"}: one, {Tenant: "acme", Name: "a"}: two,
	} {
		if got := p.GroupOf(id); got != want {
			t.Errorf("%v is in %+v", id, got)
		}
	}
	if g := p.GroupOf(feedgauge.FeedID{Tenant: "main", Name: "b"}); g != nil {
		t.Errorf("b is in %+v", g)
	}
}

func TestGroupMistakes(t *testing.T) {
	t.Parallel()
	_, ds := withInventory(t, "name,class\na,c\nb,c\n", `group "p" {
  members = ["a", "b", "nobody", "a"]
  need = 5
}
group "q" { members = "a" }
group "r" {
  tenant = "\n"
  members = ["a"]
}
group "f" { need = 2 }
group "s" {
  members = ["b"]
  need = 0
}
`)
	expect(t, ds,
		`12:24 Invalid value of "members"`, `12:34 Invalid value of "members"`, `13:10 Invalid value of "need"`,
		"15:23 Wrong type", `17:12 Invalid value of "tenant"`, "20:1 Missing option", "20:7 Name used twice", `22:14 Invalid value of "members"`,
	)
}

// Members that may be in an inventory that could not be read are not called
// missing.
func TestGroupsBesideBrokenInventories(t *testing.T) {
	t.Parallel()
	group := "group \"p\" { members = [\"a\", \"f\"] }\n"
	for content, want := range map[string]string{
		"":                       "1:1 Empty inventory",
		"nam,class\na,c\n":       "1:1 Unknown column",
		"name,class\na,c\n\"b,c": "3:5 Not CSV",
	} {
		_, ds := withInventory(t, content, group)
		expect(t, ds, want)
	}
	_, ds := Parse("t.hcl", []byte(wrap("  period = \"5m\"\n")+"inventory \"csv\" { file = \"none.csv\" }\n"+group), builtin())
	if len(ds) != 1 || !strings.Contains(ds[0].Detail, "cannot be read") {
		t.Errorf("%v", briefly(ds))
	}
}
