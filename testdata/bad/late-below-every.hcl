kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "web" {
  match = ["*"]
  period = "5m"
  late   = "30s"
}
