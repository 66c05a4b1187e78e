kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
locals { limits = [5] }
class "web" {
  match  = ["*"]
  period = local.limits
}
