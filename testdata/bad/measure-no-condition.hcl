kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]
  format "json" {}
  measure "slow" {
    when = "event.took + 1"
  }
}
