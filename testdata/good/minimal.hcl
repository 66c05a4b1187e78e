# The least that is a configuration.
kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
