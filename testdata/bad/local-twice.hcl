kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
locals { every = "5m" }
class "web" {
  match = ["*"]
  every = local.every
}
locals { every = "1m" }
