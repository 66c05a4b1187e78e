kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
rules "usual" {
  rule "empty" { when = "window.blnk > 0" }
}
class "web" {
  match = ["web-*"]
  rules = ["usual"]
}
class "app" {
  match = ["*"]
  rules = ["usual"]
}
