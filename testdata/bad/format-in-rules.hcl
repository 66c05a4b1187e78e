kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
rules "usual" {
  rule "empty" { when = "window.blank > 0" }
  format "json" {}
}
class "web" {
  match = ["*"]
  rules = ["usual"]
}
