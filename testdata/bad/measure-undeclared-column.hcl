kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]
  format "csv" { fields = ["time", "host"] }
  measure "hosts" {
    distinct = "event.time + event.hots"
  }
}
