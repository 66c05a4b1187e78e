kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
inventory "csv" { file = "class.csv" }
