kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
variable "every" { default = "5m" }
variable "every" { default = "5m" }
class "web" {
  match = ["*"]
  every = var.every
}
