kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
class "web" {
  match = ["*"]
  rule "r" {
    when = "window.events < 10"
    say  = "nothing of {}"
  }
}
