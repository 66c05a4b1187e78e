package profile

import "bytes"

// Level is how grave an event is by its own word. The numbers are written to the
// journal and never change their meaning.
type Level uint8

// The levels of events.
const (
	NoLevel Level = iota
	Trace
	Debug
	Info
	Notice
	Warning
	Error
	Critical
	Alert
	Emergency
	levels
)

var levelNames = [...]string{"none", "trace", "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"}

// String returns the name of the level.
func (l Level) String() string {
	if l < levels {
		return levelNames[l]
	}
	return "unknown"
}

// levelWords are the spellings of levels.
var levelWords = map[string]Level{
	"trace": Trace, "trc": Trace, "verbose": Trace, "finest": Trace, "debug": Debug, "dbg": Debug, "dbug": Debug, "fine": Debug,
	"info": Info, "inf": Info, "information": Info, "informational": Info, "notice": Notice,
	"warn": Warning, "warning": Warning, "wrn": Warning, "err": Error, "error": Error, "severe": Error,
	"crit": Critical, "critical": Critical, "fatal": Critical, "panic": Critical, "alert": Alert, "emerg": Emergency, "emergency": Emergency,
}

// levelOf is the level that b spells, NoLevel if none.
func levelOf(b []byte) Level {
	var small [16]byte
	if len(b) < 3 || len(b) > len(small) {
		return NoLevel
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		small[i] = c
	}
	return levelWords[string(small[:len(b)])]
}

// levelFields are the names of fields that tell the level, without what stands
// before their last dot.
var levelFields = map[string]bool{
	"level": true, "Level": true, "severity": true, "Severity": true, "loglevel": true, "lvl": true, "levelname": true,
	"log_level": true, "severityText": true, "SeverityText": true, "@l": true, "LEVEL": true, "SEVERITY": true,
}

// isLevel reports whether a field of that name tells the level.
func isLevel(name []byte) bool {
	if at := bytes.LastIndexByte(name, '.'); at >= 0 {
		name = name[at+1:]
	}
	return levelFields[string(name)]
}

// levelByPriority is the level of a priority of syslog, as it stands in the line.
func levelByPriority(b []byte) Level {
	n := 0
	for _, c := range b {
		if c -= '0'; c > 9 || n > 191 {
			return NoLevel
		}
		n = n*10 + int(c)
	}
	if len(b) == 0 || n > 191 {
		return NoLevel
	}
	return [...]Level{Emergency, Alert, Critical, Error, Warning, Notice, Info, Debug}[n&7]
}
