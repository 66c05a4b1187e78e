kafka { brokers = ["localhost:9092"] }
source "kafka" { topics = ["syslog"] }
class "all" { match = ["*"] }
