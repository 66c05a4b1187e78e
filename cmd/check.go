package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/check"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/format"
)

// checkFlags are what a user asks of the check command.
type checkFlags struct {
	format                string
	options               format.Options
	types, ranges         []string
	delimiter, schema     string
	expression            string
	rejectedLines, asJSON bool
	learn                 bool
}

// checkCommand checks files by a format.
func checkCommand(formats map[string]func() feedgauge.FormatConfig) *cobra.Command {
	f := checkFlags{options: format.Defaults()}
	c := &cobra.Command{
		Use:   "check --format NAME FILE...",
		Short: "check files of log lines by a format",
		Long: `Check reads each FILE as a delivery of log lines and says which of them are in
good form, which are not, and why. "-" is stdin, and what gzip packed is unpacked.

With --learn it also tells where lines are no longer like those before: a field
that vanishes or empties, another type, layout or delimiter. That needs no format:
--format any takes lines as they are, if they are not longer than --max-line.

It exits with 0 if all is well, with 2 if something was rejected or has changed,
and with 1 if a file could not be read. The formats are:

  ` + strings.Join(slices.Sorted(maps.Keys(formats)), ", "),
		Example: `  feedgauge check --format zeek_tsv --require id.resp_h conn.log
  zcat access.log.gz | feedgauge check --format access_combined --type bytes=int --json -`,
		Args:          cobra.MinimumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(c *cobra.Command, files []string) error {
			if i := slices.Index(files, "-"); i >= 0 && slices.Contains(files[i+1:], "-") {
				return errors.New(`"-" is listed twice: what stdin holds can be read once (remove one of them)`)
			}
			o, err := f.build(formats, c.Flags().Changed("require"))
			if err != nil {
				return err
			}
			return runCheck(c.Context(), o, c.InOrStdin(), c.OutOrStdout(), files, f.asJSON)
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.format, "format", "", "name of the format")
	fs.StringSliceVar(&f.options.Require, "require", nil, "fields that each event must have, separated by commas")
	fs.StringArrayVar(&f.types, "type", nil, "types of fields, as status=int,src=ip,action=enum(allow|deny)")
	fs.StringArrayVar(&f.ranges, "range", nil, "numbers that fields may hold, as status=100..599")
	fs.StringArrayVar(&f.options.Rules, "rule", nil, "a condition that each event must fulfil, as 'event.status in [200, 404]'; may be repeated")
	fs.StringVar(&f.schema, "schema", "", "a file with the JSON Schema that each event of json must fulfil")
	fs.StringSliceVar(&f.options.Fields, "fields", nil, "names of the columns, where no header line gives them")
	fs.StringVar(&f.expression, "expression", "", "the expression of format regexp, whose named groups, (?<name>...), are the fields")
	fs.StringVar(&f.delimiter, "delimiter", "", "the character between columns of csv")
	fs.StringVar(&f.options.Time, "time", "", "field with the event's time")
	fs.StringVar(&f.options.TimeLayout, "time-layout", "", "notation of that time: rfc3339, epoch, %d/%m/%Y %H:%M:%S ...")
	fs.StringVar(&f.options.Unit, "unit", "", "what one event is: line, message (the whole file) or record (as the format says)")
	fs.StringVar(&f.options.Envelope, "envelope", "", "what events are wrapped in: "+strings.Join(format.Envelopes(), ", "))
	fs.StringVar(&f.options.EnvelopeField, "envelope-field", "", "field of the envelope that holds the event")
	fs.StringVar(&f.options.MaxLine, "max-line", f.options.MaxLine, "length above which an event is too long")
	fs.BoolVar(&f.rejectedLines, "rejected-lines", false, "list the numbers of all rejected lines (with --json)")
	fs.BoolVar(&f.learn, "learn", false, "learn what lines are like, and tell where they change; all files in order are one feed")
	fs.BoolVar(&f.asJSON, "json", false, "write the report as JSON")
	return c
}

// build turns the flags into options of a check. required says that the user
// named the fields that must be there, even if there are none.
func (f *checkFlags) build(formats map[string]func() feedgauge.FormatConfig, required bool) (check.Options, error) {
	none := check.Options{}
	if f.format == "" {
		return none, errors.New("which format? name it with --format")
	}
	plugin, ok := formats[f.format]
	if !ok {
		return none, fmt.Errorf("there is no format %q%s", f.format, didYouMean(f.format, slices.Collect(maps.Keys(formats))))
	}
	if !required {
		f.options.Require = nil
	}
	var err1, err2 error
	f.options.Types, err1 = pairs("type", f.types)
	f.options.Ranges, err2 = pairs("range", f.ranges)
	if err := errors.Join(err1, err2); err != nil {
		return none, err
	}
	config := plugin()
	if common, ok := config.(interface{ Common() *format.Options }); ok {
		*common.Common() = f.options
	} else if f.optional() {
		return none, fmt.Errorf("format %q has no options but --envelope and --max-line", f.format)
	}
	if c, ok := config.(interface{ Limit(size string) }); ok {
		c.Limit(f.options.MaxLine)
	}
	if c, ok := config.(interface{ Wrap(envelope, field string) }); ok {
		c.Wrap(f.options.Envelope, f.options.EnvelopeField)
	} else if f.options.Envelope+f.options.EnvelopeField != "" {
		return none, fmt.Errorf("format %q has no option --envelope", f.format)
	}
	if f.delimiter != "" {
		c, ok := config.(interface{ Delimit(string) })
		if !ok {
			return none, fmt.Errorf("format %q has no option --delimiter", f.format)
		}
		c.Delimit(f.delimiter)
	}
	if c, ok := config.(interface{ Express(string) }); ok {
		c.Express(f.expression)
	} else if f.expression != "" {
		return none, fmt.Errorf("format %q has no option --expression", f.format)
	}
	if err := f.setSchema(config); err != nil {
		return none, err
	}
	checker, err := config.Build(feedgauge.Env{})
	if err != nil {
		return none, flagErrors(err)
	}
	return check.Options{
		Format: f.format, Checker: checker, Fields: f.reported(), RejectedLines: f.rejectedLines, Learn: f.learn,
		MaxRatio: check.DefaultMaxRatio, Patience: check.DefaultPatience,
	}, nil
}

// setSchema reads the schema, if one is named.
func (f *checkFlags) setSchema(config feedgauge.FormatConfig) error {
	if f.schema == "" {
		return nil
	}
	c, ok := config.(interface{ SetSchema(string) })
	if !ok {
		return fmt.Errorf("format %q has no option --schema", f.format)
	}
	text, err := os.ReadFile(f.schema)
	if err != nil {
		return err
	}
	c.SetSchema(string(text))
	return nil
}

// optional reports whether any option is set that only some formats have.
func (f *checkFlags) optional() bool {
	o := &f.options
	return len(o.Require)+len(o.Types)+len(o.Ranges)+len(o.Fields)+len(o.Rules) > 0 || o.Time+o.TimeLayout+o.Unit != ""
}

// reported are the fields that the user named.
func (f *checkFlags) reported() []string {
	names := slices.Concat(slices.Collect(maps.Keys(f.options.Types)), slices.Collect(maps.Keys(f.options.Ranges)))
	for _, r := range f.options.Require {
		name, _, _ := strings.Cut(r, ":")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// pairs reads "name=value" from the values of a flag, separated by commas that do
// not stand in parentheses.
func pairs(flag string, values []string) (map[string]string, error) {
	out := map[string]string{}
	for _, value := range values {
		for _, part := range splitOutside(value) {
			name, v, ok := strings.Cut(part, "=")
			if !ok || name == "" {
				return nil, fmt.Errorf("--%s %q: write it as field=%s", flag, part, flag)
			}
			if _, twice := out[name]; twice {
				return nil, fmt.Errorf("--%s: %q is listed twice (remove one of them)", flag, name)
			}
			out[name] = v
		}
	}
	return out, nil
}

// splitOutside splits s at commas outside of parentheses.
func splitOutside(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth <= 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

func didYouMean(name string, names []string) string {
	if hint := suggest.Hint(name, names); hint != "" {
		return ": " + hint
	}
	return "; see feedgauge check --help"
}

// flagErrors names the flags that stand for the options of a configuration.
func flagErrors(err error) error {
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for i, e := range list {
		var fe *feedgauge.FieldError
		if !errors.As(e, &fe) {
			continue
		}
		flag := map[string]string{"types": "type", "ranges": "range", "rules": "rule"}[fe.Field]
		if flag == "" {
			flag = strings.ReplaceAll(fe.Field, "_", "-")
		}
		text := "--" + flag + ": " + fe.Msg
		if fe.Hint != "" {
			text += " (" + fe.Hint + ")"
		}
		list[i] = errors.New(text)
	}
	return errors.Join(list...)
}

// runCheck checks and writes the report; it returns an [ExitError] if anything was
// rejected.
func runCheck(ctx context.Context, o check.Options, in io.Reader, out io.Writer, files []string, asJSON bool) error {
	report, failed := check.Run(ctx, o, in, files)
	if report == nil {
		return failed
	}
	write := report.WriteText
	if asJSON {
		write = report.WriteJSON
	}
	if err := write(out); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if failed != nil {
		return failed
	}
	if report.Total.Rejected > 0 || report.Findings() > 0 {
		return &ExitError{Code: 2}
	}
	return nil
}
