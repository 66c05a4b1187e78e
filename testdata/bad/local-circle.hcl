kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
locals {
  every  = local.period
  period = local.every
}
class "web" {
  match = ["*"]
  every = local.every
}
