kafka { brokers = ["kafka-1", "kafka-2:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
