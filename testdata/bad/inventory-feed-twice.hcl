kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
feed "b" { class = "all" }
inventory "csv" { file = "twice.csv" }
