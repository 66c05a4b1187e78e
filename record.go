package feedgauge

// Header is one header of a record.
type Header struct {
	Key   string
	Value []byte
}

// Record is one raw record as a source delivers it. Its slices belong to the
// source and are valid until the next Poll; whoever keeps bytes copies them.
type Record struct {
	Topic     string
	Partition int32
	Offset    int64
	Key       []byte
	Value     []byte // nil for a Kafka tombstone
	Headers   []Header
	Time      Instant   // the record's stamp
	Stamp     StampKind // who set it
	Control   bool      // a transaction marker: moves the position, is never counted
}

// StampKind tells who stamped a record.
type StampKind uint8

// The two kinds of stamp Kafka knows.
const (
	CreateTime    StampKind = iota // the producer, in any order
	LogAppendTime                  // the broker, monotone within a lane
)

// Lane is one partition of a raw topic, the unit of intake.
type Lane struct {
	Topic     string
	Partition int32
}

// Less orders lanes by topic, then partition.
func (l Lane) Less(m Lane) bool {
	if l.Topic != m.Topic {
		return l.Topic < m.Topic
	}
	return l.Partition < m.Partition
}
