kafka { brokers = ["localhost:9092"] }
embedded { dir = "data" }

source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
