kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
variable "window" { default = "5m" }
class "web" {
  match  = ["*"]
  every  = var.window
  period = var.windows
}
