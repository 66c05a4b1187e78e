kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]

  rule "unknown" {
    when = "window.errors > 0"
  }
}
