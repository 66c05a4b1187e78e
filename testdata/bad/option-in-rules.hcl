kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
rules "usual" {
  severity = "high"
  rule "empty" { when = "window.blank > 0" }
}
class "web" {
  match = ["*"]
  rules = ["usual"]
}
