package config

import "testing"

// null is as if the option were not there, whatever it is.
func TestNull(t *testing.T) {
	t.Parallel()
	c := oneClass(t, "  every = null\n  period = null\n  active = null\n  time_zone = null\n  labels = null\n")
	if want := oneClass(t, ""); c.Every != want.Every || c.Period != 0 || c.Calendar != nil {
		t.Errorf("%+v", c)
	}
	_, ds := Parse("t.hcl", []byte(wrap("  rule \"r\" { when = null }\n")), builtin())
	expect(t, ds, "5:3 Missing option")
}
