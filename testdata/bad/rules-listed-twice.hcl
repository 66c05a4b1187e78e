kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
rules "usual" {
  rule "short" { when = "window.events < 0.5 * forecast.events.expected" }
}
class "web" {
  match = ["*"]
  rules = ["usual", "usual"]
  forecast "trend" {}
}
