kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]
  format "access_combined" {}
  measure "errors_5xx" {
    when = "event.statsu >= 500"
  }
}
