kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]
  format "json" {}
  
  measure "hosts" { distinct = "event.host" }
  forecast "adaptive" { measures = ["events"] }
  rule "few" { when = "window.measures.hosts < forecast.hosts.lower" }
}
