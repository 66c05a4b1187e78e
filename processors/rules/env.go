package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/feedgauge/feedgauge"
)

// Variable is one name a rule may use. Measures are doubles, so that a quotient
// of two counts is a share and not zero.
type Variable struct {
	Name string
	Doc  string
	typ  *cel.Type
	get  func(*Moment) any
}

// group says what a variable needs before it has a value.
type group uint16

const (
	needsNothing  group = 0
	needsWindow   group = 1 << iota // a closed window
	needsForecast                   // a forecast that is ready
	needsSilence                    // an arrival in the past
	needsVerdict                    // a window that the model has judged
	needsLines                      // a look at what lines are like
	needsSkew                       // a look at the clock of events
	needsGrowth                     // a look at whether their delay grows
	needsDelivery                   // a look at what deliveries are
)

func groupOf(name string) group {
	switch {
	case name == whole:
		return needsDelivery
	case ofDelivery(name):
		return needsWindow | needsDelivery
	case len(name) > 7 && name[:7] == "window.":
		return needsWindow
	case len(name) > 6 && name[:6] == "lines.":
		return needsWindow | needsLines
	case slices.Contains(skews, name):
		return needsWindow | needsSkew
	case len(name) > 6 && name[:6] == "delay.":
		return needsWindow | needsGrowth
	case len(name) > 6 && name[:6] == "clock.":
		return needsWindow
	case strings.HasPrefix(name, Forecast):
		if _, verdict := forecastOf(name); verdict {
			return needsForecast | needsVerdict
		}
		return needsWindow | needsForecast
	case len(name) > 8 && name[:8] == "silence.":
		return needsSilence
	}
	return needsNothing
}

// forecastOf returns the measure whose forecast a name is of, and whether it is what a
// model that judges by itself says. Such a model judges windows without arrivals too,
// so those names ask less than others do.
func forecastOf(name string) (measure string, verdict bool) {
	measure, part, ok := strings.Cut(strings.TrimPrefix(name, Forecast), ".")
	if !ok {
		return "", true // of all measures
	}
	return measure, slices.Contains([]string{"kind", "side", "reason", "first_bad", "score"}, part)
}

// Own stands before the name of a measure of the class's own, where it is named
// among the measures of a chain.
const Own = "measures."

// Forecast stands before the name of a measure that is forecast, other than the
// events, where it is named among the measures of a chain.
const Forecast = "forecast."

// Variables returns the names available to a rule whose chain has counted the
// given measures and, if forecasts is true, forecast their events.
func Variables(measures []string, forecasts bool) []Variable {
	vars := []Variable{
		{"feed.name", "name of the feed", cel.StringType, func(m *Moment) any { return m.Facts.Feed.Name }},
		{"feed.tenant", "tenant of the feed", cel.StringType, func(m *Moment) any { return m.Facts.Feed.Tenant }},
		{"feed.class", "class of the feed", cel.StringType, func(m *Moment) any { return m.Facts.Class }},
		{"feed.owner", "owner, from the inventory", cel.StringType, func(m *Moment) any { return m.Facts.Owner }},
		{"feed.labels", "labels of class and inventory", cel.MapType(cel.StringType, cel.StringType), func(m *Moment) any { return m.Facts.Labels }},
		{"feed.period", "longest silence allowed", cel.DurationType, func(m *Moment) any { return m.Facts.Period }},
		{"feed.seen", "whether it has ever delivered", cel.BoolType, func(m *Moment) any { return m.Last != feedgauge.Before }},
		{"silence.age", "time since the last arrival", cel.DurationType, func(m *Moment) any { return m.Age }},
		{"silence.last", "time of the last arrival", cel.TimestampType, func(m *Moment) any { return m.Last.Time() }},
		{"window.start", "start of the window", cel.TimestampType, func(m *Moment) any { return m.Window.Start.Time() }},
		{"window.end", "end of the window", cel.TimestampType, func(m *Moment) any { return m.Window.End.Time() }},
		{"window.arrivals", "records that arrived, in time or delayed", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Arrivals()) }},
		{"window.delayed", "records stamped before the lane's watermark", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Delayed) }},
		{"window.future", "records stamped ahead of the clock", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Future) }},
		{"window.blank", "records with only blank or header lines", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Blank) }},
		{"window.deliveries", "deliveries announced", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Deliveries) }},
		{"window.declared_bytes", "size the deliveries announced", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.DeclaredBytes) }},
		{"window.declared_lines", "lines the deliveries announced", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.DeclaredLines) }},
		{"window.errors", "records that broke their format", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Errors.Total()) }},
		{"window.reasons", "records that broke their format, by reason", cel.MapType(cel.StringType, cel.DoubleType), reasons},
		{"window.fields", "events that broke their format, by the field at fault", cel.MapType(cel.StringType, cel.DoubleType), faults},
		{"window.fault", "what most of them have in common: the reason, and the field", cel.StringType, fault},
		{"window.sample", "the beginning of the first of those", cel.StringType, func(m *Moment) any { return sample(m) }},
	}
	for _, v := range measured() {
		if slices.Contains(measures, v.Name[len("window."):]) {
			vars = append(vars, v)
		}
	}
	for _, name := range measures {
		if own, ok := strings.CutPrefix(name, Own); ok {
			vars = append(vars, owned(own))
		}
	}
	if slices.Contains(measures, Lines) {
		vars = append(vars, drifted()...)
	}
	if slices.Contains(measures, Clocks) {
		vars = append(vars, clocked()...)
	}
	if slices.Contains(measures, Delivery) {
		vars = append(vars, delivered()...)
	}
	if forecasts {
		vars = append(vars, forecasted(events, events)...)
	}
	for _, name := range measures {
		if measure, ok := strings.CutPrefix(name, Forecast); ok {
			vars = append(vars, forecasted(measure, "what is")...)
			forecasts = true
		}
	}
	if forecasts {
		vars = append(vars, Variable{
			Forecast + "reasons", "by kind, why, in the window in which it was noticed, of all measures that are forecast",
			cel.MapType(cel.StringType, cel.StringType), reasonsOf,
		})
	}
	return vars
}

// Lines stands among the measures of a chain that learns what lines are like.
const Lines = "lines.drifts"

func drifted() []Variable {
	first := func(m *Moment) (d feedgauge.Drift) {
		if len(m.Drifts) > 0 {
			d = m.Drifts[0]
		}
		return d
	}
	return []Variable{
		{Lines, "in how many ways lines are no longer as they were", cel.DoubleType, func(m *Moment) any { return float64(len(m.Drifts)) }},
		{"lines.kind", "the first of them: field_missing, field_empty, type, layout, delimiter, mix or level", cel.StringType, func(m *Moment) any { return first(m).Kind }},
		{"lines.field", "the field it is about, where it is about one", cel.StringType, func(m *Moment) any { return first(m).Field }},
		{"lines.text", "what has changed, in a few words", cel.StringType, func(m *Moment) any { return first(m).Text }},
		{"lines.since", "start of the window in which it began", cel.TimestampType, func(m *Moment) any { return first(m).Since.Time() }},
		{"lines.sample", "the beginning of a line that is so", cel.StringType, func(m *Moment) any { return first(m).Sample }},
	}
}

// Drifting is the rule of a class that learns what lines are like and has no rule
// of its own on them.
func Drifting() Config {
	c := Defaults()
	c.Name, c.When = string(feedgauge.Drifting), Lines+" > 0.0"
	c.Say = "{feed.name}: {lines.text}, since {lines.since}"
	return c
}

// OnLines reports whether the condition looks at what lines are like.
func (r *Rule) OnLines() bool { return r.needs()&needsLines != 0 }

func measured() []Variable {
	return []Variable{
		{"window.events", "records that arrived in time", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Events) }},
		{"window.bytes", "bytes in them", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Bytes) }},
		{"window.lines", "lines in them", cel.DoubleType, func(m *Moment) any { return float64(m.Counts.Lines) }},
	}
}

// owned is the variable of a measure of the class's own.
func owned(measure string) Variable {
	return Variable{
		"window." + Own + measure, "what the measure " + measure + " came to", cel.DoubleType,
		func(m *Moment) any {
			for i := range m.Readings {
				if m.Readings[i].Measure == measure {
					return m.Readings[i].Value
				}
			}
			return nil // as in history that holds the events alone: it cannot be judged
		},
	}
}

func forecasted(measure, what string) []Variable {
	at := Forecast + measure + "."
	of := func(get func(f *feedgauge.Forecast) any) func(*Moment) any {
		return func(m *Moment) any { return get(m.forecast(measure)) }
	}
	return []Variable{
		{at + "expected", what + " expected in the window", cel.DoubleType, of(func(f *feedgauge.Forecast) any { return f.Expected })},
		{at + "lower", "lower bound of the usual", cel.DoubleType, of(func(f *feedgauge.Forecast) any { return f.Lower })},
		{at + "upper", "upper bound of the usual", cel.DoubleType, of(func(f *feedgauge.Forecast) any { return f.Upper })},
		{at + "score", "how unusual the window is, where the model grades it", cel.DoubleType, of(func(f *feedgauge.Forecast) any { return f.Score })},
		{at + "kind", "what the model finds by itself: silent, short, drifting, high, or nothing", cel.StringType, of(func(f *feedgauge.Forecast) any { return string(f.Anomaly.Kind) })},
		{at + "side", "whether that is low or high", cel.StringType, of(func(f *feedgauge.Forecast) any { return f.Anomaly.Side.String() })},
		{at + "reason", "why, in the window in which it was noticed", cel.StringType, of(func(f *feedgauge.Forecast) any { return f.Anomaly.Reason })},
		{at + "first_bad", "start of the window with which it began", cel.TimestampType, of(func(f *feedgauge.Forecast) any { return f.Anomaly.FirstBad.Time() })},
	}
}

// reasonsOf joins what the models have noticed in the window, by what kind it is for
// the feed.
func reasonsOf(m *Moment) any {
	out := make(map[string]string)
	for _, k := range kinds() {
		out[string(k.kind)] = ""
	}
	add := func(a *feedgauge.Anomaly, kind feedgauge.Status) {
		switch {
		case a.Reason == "":
		case out[string(kind)] == "":
			out[string(kind)] = a.Reason
		default:
			out[string(kind)] += "; " + a.Reason
		}
	}
	add(&m.Forecast.Anomaly, m.Forecast.Anomaly.Kind)
	for i := range m.Readings {
		a := &m.Readings[i].Forecast.Anomaly
		kind := a.Kind
		if kind == feedgauge.Silent && m.Forecast.Ready && m.Forecast.Anomaly.Kind != feedgauge.Silent {
			kind = feedgauge.Short
		}
		add(a, kind)
	}
	return out
}

func reasons(m *Moment) any {
	r := make(map[string]float64, len(m.Counts.Errors))
	for _, e := range m.Counts.Errors {
		r[string(e.Reason)] += float64(e.N)
	}
	return r
}

func faults(m *Moment) any {
	r := make(map[string]float64)
	for _, e := range m.Counts.Errors {
		if e.Field != "" {
			r[e.Field] += float64(e.N)
		}
	}
	return r
}

func fault(m *Moment) any {
	most := m.Counts.Errors.Most()
	switch {
	case most == nil:
		return ""
	case most.Field == "":
		return string(most.Reason)
	}
	return string(most.Reason) + " (" + most.Field + ")"
}

func sample(m *Moment) string {
	if most := m.Counts.Errors.Most(); most != nil {
		return most.Sample
	}
	return ""
}

// newEnv returns the CEL environment in which rules are compiled: the standard
// library with arithmetic that also mixes int and double, so that 2 * x works
// for a double x.
func newEnv(vars []Variable) (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(withoutArithmetic())),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserRecursionLimit(64),
		cel.ParserExpressionSizeLimit(16 << 10),
		cel.ASTValidators(cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateRegexLiterals(), cel.ValidateComprehensionNestingLimit(2)),
	}
	opts = append(opts, arithmetic()...)
	for _, v := range vars {
		opts = append(opts, cel.VariableWithDoc(v.Name, v.typ, v.Doc))
	}
	return cel.NewCustomEnv(opts...)
}

// withoutArithmetic is the standard library less the operators that arithmetic
// declares anew: the standard ones carry one implementation for all overloads
// and cannot be extended.
func withoutArithmetic() *env.LibrarySubset {
	var out []*env.Function
	for _, op := range []string{operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Equals, operators.NotEquals} {
		out = append(out, env.NewFunction(op))
	}
	return &env.LibrarySubset{ExcludeFunctions: out}
}

// activation gives a program the values of one moment.
type activation struct {
	vars   map[string]Variable
	moment *Moment
}

func (a activation) ResolveName(name string) (any, bool) {
	v, ok := a.vars[name]
	if !ok {
		return nil, false
	}
	x := v.get(a.moment)
	return x, x != nil
}

func (a activation) Parent() cel.Activation { return nil }

// arithmetic redeclares +, -, *, /, == and != with all the standard overloads and the
// mixed ones.
func arithmetic() []cel.EnvOption {
	i, d, s := cel.IntType, cel.DoubleType, cel.StringType
	dur, ts := cel.DurationType, cel.TimestampType
	list := cel.ListType(cel.TypeParamType("A"))
	number := [][3]*cel.Type{{i, i, i}, {d, d, d}, {i, d, d}, {d, i, d}}
	add := append(slices.Clone(number), [][3]*cel.Type{
		{s, s, s}, {list, list, list}, {dur, dur, dur}, {ts, dur, ts}, {dur, ts, ts},
	}...)
	sub := append(slices.Clone(number), [][3]*cel.Type{{dur, dur, dur}, {ts, dur, ts}, {ts, ts, dur}}...)
	equal := comparables()
	return []cel.EnvOption{
		operator(operators.Equals, "equals", equal, types.Equal),
		operator(operators.NotEquals, "not_equals", equal, func(l, r ref.Val) ref.Val { return !types.Equal(l, r).(types.Bool) }),
		operator(operators.Add, "add", add, func(l, r ref.Val) ref.Val { return l.(traits.Adder).Add(r) }),
		operator(operators.Subtract, "subtract", sub, func(l, r ref.Val) ref.Val { return l.(traits.Subtractor).Subtract(r) }),
		operator(operators.Multiply, "multiply", number, func(l, r ref.Val) ref.Val { return l.(traits.Multiplier).Multiply(r) }),
		operator(operators.Divide, "divide", number, func(l, r ref.Val) ref.Val { return l.(traits.Divider).Divide(r) }),
	}
}

// comparables lists what may be compared by == and !=: like with like, and any
// two kinds of number. The standard library's single overload for all types
// cannot be widened, so it is replaced.
func comparables() [][3]*cel.Type {
	b := cel.BoolType
	out := [][3]*cel.Type{{cel.IntType, cel.DoubleType, b}, {cel.DoubleType, cel.IntType, b}}
	for _, t := range []*cel.Type{
		cel.BoolType, cel.IntType, cel.DoubleType, cel.StringType, cel.BytesType, cel.DurationType, cel.TimestampType,
		cel.ListType(cel.TypeParamType("A")), cel.MapType(cel.TypeParamType("A"), cel.TypeParamType("B")),
	} {
		out = append(out, [3]*cel.Type{t, t, b})
	}
	return out
}

func operator(name, prefix string, overloads [][3]*cel.Type, apply func(l, r ref.Val) ref.Val) cel.EnvOption {
	var opts []cel.FunctionOpt
	for _, o := range overloads {
		id := prefix + "_" + o[0].TypeName() + "_" + o[1].TypeName()
		opts = append(opts, cel.Overload(id, []*cel.Type{o[0], o[1]}, o[2]))
	}
	opts = append(opts, cel.SingletonBinaryBinding(func(l, r ref.Val) ref.Val {
		l, r = alike(l, r)
		return apply(l, r)
	}))
	return cel.Function(name, opts...)
}

// alike widens an int to double when the other operand is a double.
func alike(l, r ref.Val) (ref.Val, ref.Val) {
	if li, ok := l.(types.Int); ok {
		if _, ok := r.(types.Double); ok {
			return types.Double(li), r
		}
	}
	if ri, ok := r.(types.Int); ok {
		if _, ok := l.(types.Double); ok {
			return l, types.Double(ri)
		}
	}
	return l, r
}
