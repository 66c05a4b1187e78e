kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
variable "every" { default = "1m" }
variable "period" { default = var.every }
class "web" {
  match  = ["*"]
  every  = var.every
  period = var.period
}
