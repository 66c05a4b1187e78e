kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
class "web" {
  match = ["*"]
  rule "r" {
    when = "window.events > 0 & window.events < 10"
  }
}
