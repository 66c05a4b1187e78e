kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "all" { match = ["*"] }
delivery { every = "24h" }
