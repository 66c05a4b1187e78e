kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
class "web" { match = ["*"] }
variable "team" { default = "a" }
include { files = ["${var.team}.hcl"] }
