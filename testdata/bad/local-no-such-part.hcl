kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
locals { labels = { site = "london" } }
class "web" {
  match  = ["*"]
  labels = { site = local.labels.sight }
}
