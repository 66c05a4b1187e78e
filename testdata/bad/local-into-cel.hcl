kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
locals { share = "0.5 *" }
class "web" {
  match = ["*"]
  rule "short" { when = "window.events < ${local.share} window.evnts" }
}
