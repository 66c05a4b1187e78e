package config

const intro = `# Configuration

<!-- Made from the source by ` + "`go test ./internal/config -update`" + `; do not edit. -->

A configuration is one or several files in [HCL](https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md),
or a folder, whose ` + "`.hcl`" + ` files are read in the order of their names.
` + "`feedgauge validate FILE...`" + ` shows every mistake in them at once, each with file, line, column and a
hint. The file ` + "`pipeline.hcl`" + ` in the root of the repository is a worked example.

* **Blocks** begin with a type and labels in quotes: ` + "`class \"web\" { ... }`" + `. A block on one line holds one
  option; several options need a line each.
* **Durations** are texts with a unit, ms, s, m or h: ` + "`\"90s\"`, `\"1h30m\"`" + `. There are no days; write
  ` + "`\"48h\"`" + `. Bare numbers are refused.
* **Types** are strict: a number does not stand for a text, nor a text for a number. Only what a function
  returned may.
* **Functions**: ` + "`env(\"NAME\")`" + ` is a variable of the environment, which must be set; ` + "`file(\"path\")`" + ` is the content
  of a file of at most 64 KiB without the line end at its end, the path relative to the file it stands in.
  There are no loops.
* **Names**: ` + "`var.NAME`" + ` is a variable, given with ` + "`--var NAME=VALUE`" + `, by ` + "`FEEDGAUGE_VAR_NAME`" + ` in the environment,
  or by its default, in this order; ` + "`local.NAME`" + ` is a value of a ` + "`locals`" + ` block. They stand in expressions and,
  as ` + "`${local.NAME}`" + `, in texts. What env, file and sensitive variables hold is never shown.
* **Windows** are aligned to the epoch, 1970-01-01T00:00:00Z, and divide the day, so that they begin at
  the same times on every day; those of a class with a ` + "`delivery`" + ` block end with its deliveries instead.
* **Limits**: a file has at most 1 MiB and all files 8 MiB, blocks and brackets are nested at most 32 deep, an expression has at
  most 100 operators and a list 10,000 elements. Feeds by the thousand belong in an inventory.
* **Revisions**: when a configuration changes, the journal gets its normal form: all files without comments,
  variables and locals by their values, with the hash of each inventory and calendar. Calls of ` + "`env` and `file`" + `
  stay calls in it, and sensitive variables stay variables, so keep secrets there.
  ` + "`metrics`" + ` and the options ` + "`instance`, `workers`, `rack`, `tls` and `sasl`" + ` are left out; in them, processes of one pipeline may differ.
`

// prose says what each block is for.
func prose(block string) string {
	return map[string]string{
		"kafka":          "The cluster. There is one of `kafka` and `embedded`: the sources, the journal, the state and the alerts of\na pipeline lie on one cluster, since a transaction cannot span two. A pipeline whose sources are all plugins\nruns in memory and needs neither.",
		"tls":            "`tls { ... }` inside kafka encrypts the connections, with TLS 1.2 or later. Its files are read anew for each\nconnection, so certificates can be renewed in place, without a restart. An empty block is enough where the\nsystem trusts who signed the brokers' certificates.",
		"sasl":           "`sasl { ... }` inside kafka signs in to the brokers. Each mechanism has options of its own. Secrets stand\noutside of the configuration: they are given by `env` or `file` alone. One that is given by `file` is read\nanew for each connection. Which mechanisms were tried on a real broker is told in [connecting.md](connecting.md).",
		"embedded":       "A broker inside the process, instead of `kafka`, to try things out. It is not for production: after a\ncrash, records may be counted twice.",
		"metrics":        "Where metrics are served in the text format of Prometheus. The block may be left out.",
		"source":         "`source \"KIND\" \"NAME\" { ... }` is a place records come from. Every kind has these options:",
		`source "kafka"`: "Topics of the cluster, beside the options of every source.",
		"class":          "`class \"NAME\" { ... }` is a set of feeds that are watched alike. A record's feed belongs to the class its\ninventory entry names, else to the first class in the file that matches its name, else to none: then it is\ncounted and never alarmed. Inside stand, in this order, at most one `format` and `count`, up to\n16 measures, at most one `forecast`, and any number of rules; a `delivery` block may stand anywhere. A class without rules alarms nothing,\nbut for what `learn`, `clocks`, `delivery` and a forecast that judges bring along.",
		"delivery":       "`delivery { ... }` inside a class is for feeds that deliver now and then, such as a file each night. Windows\nthen end when a delivery is due and its deadline has passed, and the class has no `every`: a rule on an empty\nwindow finds a delivery that is missing. It needs one of `schedule` and `every`.\n\nOf a delivery that is not whole one thing is told, that which explains the others: it is `empty`, `header_only`, a\n`duplicate`, `truncated`, `incomplete` or has a `surplus`. A class with a rule that looks at `delivery.*`, `window.deliveries` or\n`window.declared_*` is given none of these rules, and of one whose rule has the same name its own stays. What a forecast finds\nis told where a delivery is whole.",
		"count":          "`count { ... }` inside a class says what is counted per feed and window.",
		"measure":        "`measure \"NAME\" { ... }` inside a class counts, per feed and window, what its format reads in events: how many\nfulfil a condition, what a number in them sums up to, or how many different values there are. Names of\nfields stand behind `event.`. An event that lacks a field does not count, nor does one that arrives delayed or\nwhose notation is broken. The class needs a format other than `any`. Rules name what it came to\n`window.measures.NAME`.",
		"rule":           "`rule \"NAME\" { ... }` inside a class opens a finding on a feed while its condition holds. Conditions and the\nholes in sentences are [CEL](https://github.com/google/cel-spec/blob/master/doc/langdef.md). A rule is judged at the\nend of each window, and when a feed has been silent for its period; one that names a forecast waits until\nthere is one.",
		"rules":          "`rules \"NAME\" { ... }` is a set of rules for several classes, which take it by its name: `rules = [\"NAME\"]`. Its\nrules are checked for each class; those that name a forecast, say, work in classes with a forecast only.",
		"feed":           "`feed \"NAME\" { ... }` names one feed that should deliver, with facts of its own. It belongs to its class\nwhatever that class matches, if its records come from the class's source.",
		"inventory":      "`inventory \"csv\" { ... }` reads many feeds from a file. Lines that begin with # are comments.",
		"group":          "`group \"NAME\" { ... }` is a set of feeds of which only some need to deliver, such as the two of a pair or the\ncollectors behind a load balancer. Rules that look at `silence` alone judge it as one feed of its name, which is\nsilent when fewer members deliver than are needed; all other rules judge each member.",
		"variable":       "`variable \"NAME\" { ... }` is a value that whoever starts the program may choose; expressions name it `var.NAME`.",
		"locals":         "`locals { NAME = VALUE ... }` names values that are used in several places; expressions name them `local.NAME`.\nLocals may name variables and one another. A block may stand in any file, and serves all of them.",
		"include":        "`include { ... }` reads other files in its place, as if they stood there. A file is part of a configuration once.",
		`sink "kafka"`:   "`sink \"kafka\" \"NAME\" { ... }` is the alerts topic itself. It is always there, with or without the block.",
	}[block]
}

const forecastText = "A class may have one `forecast` block, which gives its rules the names that begin with `forecast.` What stands\n" +
	"there behind `forecast.events.` stands behind `forecast.NAME.` too, for each measure that the block lists:\n" +
	"`forecast.bytes.expected`, `forecast.hosts.lower`. Each measure has a model of its own, which takes memory: at\n" +
	"most 1.4 kB a feed for `adaptive`.\n\n" +
	"A forecast that judges by itself, as `adaptive` does, has a budget of false alarms. It is the feed's: of k measures\n" +
	"each gets a k-th of it, so that all together raise no more than the number says, however they depend on each\n" +
	"other; so each measure added makes the others a little less sharp. A class without rules gets one for each kind of\n" +
	"what is found, `silent`, `short`, `drifting` and `high`, whichever measure shows it: what is wrong with a feed is\n" +
	"told once, with all reasons. While events come, nothing of another measure counts as `short`.\n\n" +
	"All forecasts have this option:\n\n"

const ruleNames = `
## Names in rules

Counts are floating-point numbers, so that a quotient is a share. Names are checked when the file is read.

| name | provided by | meaning |
|---|---|---|
`

const outro = `
In a sentence (` + "`say`" + `), ` + "`{expression}`" + ` is a hole and ` + "`{{`" + ` a brace.
`
