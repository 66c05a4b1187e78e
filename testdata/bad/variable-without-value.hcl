kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
variable "every" { description = "length of a window" }
class "web" {
  match = ["*"]
  every = var.every
}
