kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
locals { limit = 5 }
class "web" {
  match = ["*"]
  rule "short" { when = "window.events < local.limit" }
}
