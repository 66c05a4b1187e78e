package profile

// Structure is how a line is built, told from the line alone. Below [wrapped] it
// is the notation of what the line says; the bits above tell of a header of
// syslog before it. The numbers are written to the journal and never change
// their meaning.
type Structure uint8

// The structures of lines.
const (
	Unknown    Structure = iota
	Empty                // white space only
	Header               // a comment line that tells of columns
	Encoded              // not UTF-8
	JSON                 // an object of JSON, whole
	BrokenJSON           // begins as an object of JSON
	XML                  // an element
	BrokenXML            // begins as an element
	CEF                  // ArcSight's common event format
	LEEF                 // QRadar's log event extended format
	Access               // common and combined logs of web servers
	Pairs                // key=value
	Tabs                 // columns between tabs
	Commas               // columns between commas
	Semicolons           // columns between semicolons
	Pipes                // columns between bars
	Spaces               // columns between spaces
	Plain                // words
	Declared             // good by the format that is declared
	Rejected             // breaks the format that is declared
	structures

	syslog3164 Structure = 0x40 // behind a header by RFC 3164
	syslog5424 Structure = 0x80 // behind a header by RFC 5424
	wrapped              = syslog3164 | syslog5424
)

var structureNames = [...]string{
	"unknown", "blank", "header", "not UTF-8", "json", "broken json", "xml", "broken xml", "cef", "leef", "access",
	"kv", "tsv", "csv", "semicolons", "pipes", "columns", "text", "the declared format", "broken",
}

// String names the structure, as in "syslog_rfc3164 with cef".
func (s Structure) String() string {
	name := "unknown"
	if inner := s &^ wrapped; inner < structures {
		name = structureNames[inner]
	}
	switch s & wrapped {
	case syslog3164:
		return "syslog_rfc3164 with " + name
	case syslog5424:
		return "syslog_rfc5424 with " + name
	default:
		return name
	}
}

// Delimiter is the byte between columns, zero where there are none.
func (s Structure) Delimiter() byte {
	switch s &^ wrapped {
	case Tabs:
		return '\t'
	case Commas:
		return ','
	case Semicolons:
		return ';'
	case Pipes:
		return '|'
	case Spaces:
		return ' '
	default:
		return 0
	}
}

// Wrapped reports whether the line has a header of syslog around another notation.
func (s Structure) Wrapped() bool { return s&wrapped != 0 && s&^wrapped != Plain }

// broken reports whether the line could not be taken apart.
func (s Structure) broken() bool {
	switch s &^ wrapped {
	case Encoded, BrokenJSON, BrokenXML, Rejected:
		return true
	default:
		return false
	}
}

// bare reports whether the line holds no event.
func (s Structure) bare() bool { return s == Empty || s == Header }
