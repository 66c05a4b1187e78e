package format

import "github.com/feedgauge/feedgauge"

// All returns the formats by name. Each function returns a new configuration
// with its defaults filled in.
func All() map[string]func() feedgauge.FormatConfig {
	return map[string]func() feedgauge.FormatConfig{
		"any":             NewAny,
		"json":            NewJSON,
		"access_combined": of(accessCombined),
		"cisco_asa":       of(ciscoASA),
		"csv":             NewCSV,
		"tsv":             of(tsv),
		"syslog_rfc5424":  of(syslogRFC5424),
		"zeek_json":       of(zeekJSON),
		"access_common":   of(accessCommon),
		"squid":           of(squid),
		"syslog_rfc3164":  of(syslogRFC3164),
		"vpc_flow":        of(vpcFlow),
		"w3c_iis":         of(w3cIIS),
		"zeek_tsv":        of(zeekTSV),

		"auditd":             of(auditd),
		"cef":                of(cef),
		"cloudtrail":         of(cloudtrail),
		"fortigate_kv":       of(fortigateKV),
		"k8s_audit":          of(k8sAudit),
		"kv":                 of(kv),
		"leef":               of(leef),
		"logfmt":             of(logfmt),
		"osquery":            of(osquery),
		"regexp":             NewRegexp,
		"otlp_json":          of(otlpJSON),
		"paloalto":           of(paloalto),
		"pfsense_filterlog":  of(pfsenseFilterlog),
		"suricata":           of(suricata),
		"sysmon":             of(sysmon),
		"windows_event_json": of(windowsEventJSON),
		"windows_event_xml":  of(windowsEventXML),
	}
}

// Config is the configuration of a format that has no options of its own.
type Config struct {
	Options
	dialect dialect
}

func of(d func() dialect) func() feedgauge.FormatConfig {
	return func() feedgauge.FormatConfig { return &Config{Defaults(), d()} }
}

// Build implements [feedgauge.FormatConfig].
func (c *Config) Build(feedgauge.Env) (feedgauge.Checker, error) {
	k, err := c.build(c.dialect)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Common returns the options, for whoever sets them by name.
func (c *Config) Common() *Options { return &c.Options }

// FieldNames returns the names of all fields that events can have, nil where there
// may be others.
func (c *Config) FieldNames() []string { return c.only(&c.dialect) }

// Known returns the names of the fields the format knows, in order.
func (c *Config) Known() []string { return c.dialect.names() }
