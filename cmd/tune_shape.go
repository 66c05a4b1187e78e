package cmd

import (
	"fmt"
	"io"
	"time"

	"github.com/feedgauge/feedgauge/internal/tune"
)

// shape finds the shape that the feeds of a class have in common, and tells it.
func (t *tuning) shape(w io.Writer, class tune.Shaped) error {
	if t.every > time.Hour {
		return fmt.Errorf("class %q: windows of %s are too long for a shape by the hour", t.class, length(t.every))
	}
	levels, err := tune.Shape(t.cases, t.env.Zone)
	if err != nil {
		return fmt.Errorf("class %q: %w", t.class, err)
	}
	plain, shaped := tune.With(class, nil, nil).(tune.Shaped), tune.With(class, nil, nil).(tune.Shaped) // of the type of class
	plain.SetShape(nil)
	shaped.SetShape(levels)
	old, err := plain.Build(t.env)
	if err != nil {
		return err
	}
	fresh, err := shaped.Build(t.env)
	if err != nil {
		return err
	}
	e := tune.Newcomers(t.cases, old, fresh)
	_, err = fmt.Fprintf(w, `class %q, forecast %q, %d feeds

ERROR (sMAPE) IN THE BEGINNING OF A FEED
without a shape  %s
with that below  %s

`, t.class, t.model, len(t.cases), percentage(e[0]), percentage(e[1]))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n%s\n%s\n", t.advice(e[0], e[1]), tune.HCL(t.model, shaped, t.standard, t.measures...), t.plot(canvas(w), old, fresh))
	return err
}
