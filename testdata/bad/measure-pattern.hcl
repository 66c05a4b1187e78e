kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]
  format "json" {}
  measure "odd" {
    when = "event.path.matches(\"(a|b|c|d|e){500}x\")"
  }
}
