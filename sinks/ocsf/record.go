package ocsf

// The types below are the parts of OCSF 1.8.0 a finding uses, with their fields
// in the order they are written: scalars that a reader filters on come first,
// long text and nested objects after them.

type record struct {
	ActivityID   int           `json:"activity_id"`
	ActivityName string        `json:"activity_name"`
	CategoryUID  int           `json:"category_uid"`
	CategoryName string        `json:"category_name"`
	ClassUID     int           `json:"class_uid"`
	ClassName    string        `json:"class_name"`
	TypeUID      int           `json:"type_uid"`
	TypeName     string        `json:"type_name"`
	Time         int64         `json:"time"`
	StartTime    *int64        `json:"start_time,omitempty"`
	EndTime      *int64        `json:"end_time,omitempty"`
	Duration     *int64        `json:"duration,omitempty"`
	SeverityID   int           `json:"severity_id"`
	Severity     string        `json:"severity"`
	StatusID     int           `json:"status_id"`
	Status       string        `json:"status"`
	IsAlert      bool          `json:"is_alert"`
	ImpactID     int           `json:"impact_id,omitempty"`
	Impact       string        `json:"impact,omitempty"`
	Message      string        `json:"message"`
	StatusDetail string        `json:"status_detail,omitempty"`
	Comment      string        `json:"comment,omitempty"`
	Metadata     metadata      `json:"metadata"`
	FindingInfo  findingInfo   `json:"finding_info"`
	Resources    []resource    `json:"resources"`
	Anomalies    []anomalies   `json:"anomaly_analyses,omitempty"`
	Unmapped     unmappedOuter `json:"unmapped"`
}

type metadata struct {
	Version        string  `json:"version"`
	UID            string  `json:"uid"`
	Sequence       int     `json:"sequence"`
	EventCode      string  `json:"event_code"`
	LogName        string  `json:"log_name,omitempty"`
	LogProvider    string  `json:"log_provider"`
	TenantUID      string  `json:"tenant_uid,omitempty"`
	CorrelationUID string  `json:"correlation_uid"`
	Product        product `json:"product"`
}

type product struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version,omitempty"`
}

type findingInfo struct {
	UID         string   `json:"uid"`
	Title       string   `json:"title"`
	Desc        string   `json:"desc"`
	Types       []string `json:"types"`
	Created     *int64   `json:"created_time,omitempty"`
	Modified    *int64   `json:"modified_time,omitempty"`
	FirstSeen   *int64   `json:"first_seen_time,omitempty"`
	LastSeen    *int64   `json:"last_seen_time,omitempty"`
	DataSources []string `json:"data_sources,omitempty"`
	Analytic    analytic `json:"analytic"`
}

type analytic struct {
	UID    string `json:"uid"`
	Name   string `json:"name"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
	Desc   string `json:"desc,omitempty"`
}

type resource struct {
	UID    string   `json:"uid"`
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Owner  *owner   `json:"owner,omitempty"`
	Labels []string `json:"labels,omitempty"`
}

type owner struct {
	Name string `json:"name"`
}

type anomalies struct {
	Targets   []target  `json:"analysis_targets"`
	Baselines []pattern `json:"baselines"`
	Anomalies []pattern `json:"anomalies"`
}

type target struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// pattern is both a baseline and an anomaly: OCSF gives them the same fields.
type pattern struct {
	Parameter    string        `json:"observation_parameter"`
	Type         string        `json:"observation_type"`
	Pattern      string        `json:"observed_pattern,omitempty"`
	Observations []observation `json:"observations"`
}

type observation struct {
	Value    string   `json:"value"`
	Timespan timespan `json:"timespan"`
}

type timespan struct {
	TypeID int   `json:"type_id"`
	Start  int64 `json:"start_time"`
	End    int64 `json:"end_time"`
}

type unmappedOuter struct {
	Feedgauge numbers `json:"feedgauge"`
}

// numbers repeats what OCSF has no typed place for. Times are RFC 3339 in UTC.
type numbers struct {
	Schema        int              `json:"schema"`
	Tenant        string           `json:"tenant"`
	Feed          string           `json:"feed"`
	Class         string           `json:"class"`
	Source        string           `json:"source"`
	Format        string           `json:"format"`
	Rule          string           `json:"rule"`
	Status        string           `json:"status"`
	Previous      string           `json:"previous_status"`
	Muted         bool             `json:"muted,omitempty"`
	Retracted     bool             `json:"retracted,omitempty"`
	Who           string           `json:"who,omitempty"`
	Why           string           `json:"why,omitempty"`
	Feeds         int              `json:"feeds,omitempty"`
	Window        *window          `json:"window,omitempty"`
	Events        int64            `json:"events"`
	Bytes         int64            `json:"bytes"`
	Lines         int64            `json:"lines"`
	Delayed       int64            `json:"delayed"`
	Future        int64            `json:"future"`
	Blank         int64            `json:"blank"`
	Malformed     int64            `json:"malformed"`
	Errors        map[string]int64 `json:"errors"` // written in the order of its keys
	Deliveries    int64            `json:"deliveries,omitempty"`
	DeclaredBytes int64            `json:"declared_bytes,omitempty"`
	DeclaredLines int64            `json:"declared_lines,omitempty"`
	Expected      *float64         `json:"expected,omitempty"`
	Lower         *float64         `json:"lower,omitempty"`
	Upper         *float64         `json:"upper,omitempty"`
	LastArrival   string           `json:"last_arrival,omitempty"`
	Silence       *float64         `json:"silence_seconds,omitempty"`
	Period        *float64         `json:"period_seconds,omitempty"`
	Opened        string           `json:"opened,omitempty"`
	Since         string           `json:"since,omitempty"`
	Ended         string           `json:"ended,omitempty"`
	Faults        []fault          `json:"faults,omitempty"`
	MoreFaults    int              `json:"more_faults,omitempty"` // how many are left out
	Drifts        []drift          `json:"drifts,omitempty"`
	MoreDrifts    int              `json:"more_drifts,omitempty"` // how many are left out
	Skews         []skew           `json:"skews,omitempty"`
	Measures      []measure        `json:"measures,omitempty"`
	MoreMeasures  int              `json:"more_measures,omitempty"` // how many are left out
}

// measure is what a measure other than the events came to in the window, and what was
// forecast of it.
type measure struct {
	Name     string   `json:"name"`
	Value    *float64 `json:"value"`
	Expected *float64 `json:"expected,omitempty"`
	Lower    *float64 `json:"lower,omitempty"`
	Upper    *float64 `json:"upper,omitempty"`
}

// fault is one way in which events broke their format, the most frequent first.
type fault struct {
	Reason string `json:"reason"`
	Field  string `json:"field,omitempty"`
	Events int64  `json:"events"`
	First  string `json:"first,omitempty"` // arrival
	Sample string `json:"sample,omitempty"`
}

// drift is one way in which lines are no longer as they were.
type drift struct {
	Kind      string   `json:"kind"`
	Field     string   `json:"field,omitempty"`
	EventKind string   `json:"event_kind,omitempty"`
	Before    *float64 `json:"before"`
	After     *float64 `json:"after"`
	Since     string   `json:"since,omitempty"`
	Text      string   `json:"text"`
	Sample    string   `json:"sample,omitempty"`
}

// skew is what is wrong with the times in events: how many seconds arrivals are
// behind them, negative where they are ahead.
type skew struct {
	Kind  string   `json:"kind"`
	Off   *float64 `json:"off_seconds"`
	Since string   `json:"since,omitempty"`
	Text  string   `json:"text"`
}

type window struct {
	Start string `json:"start"`
	End   string `json:"end"`
}
