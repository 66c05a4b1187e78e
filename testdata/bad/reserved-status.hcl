kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]

  rule "broken" {
    when = "window.errors > 0"
    status = "ok"
  }
}
