kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
rules "usual" {
  rule "short" { when = "window.events < 0.5 * forecast.events.expected" }
}
rules "strict" {
  rule "short" { when = "window.events < 1" }
}
class "web" {
  match = ["*"]
  rules = ["usual", "strict"]
  forecast "trend" {}
}
