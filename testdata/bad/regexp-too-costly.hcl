kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]
  format "regexp" {
    expression = "(?<kind>(a|b|c|d|e){500}x)"
  }
}
