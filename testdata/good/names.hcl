# Variables, locals and further files.
variable "brokers" {
  description = "where Kafka is"
  default     = ["localhost:9092"]
}

variable "strict" { default = true }

locals {
  quiet  = "5m"
  site   = "london"
  labels = { site = local.site, tier = var.strict ? "1" : "2" }
}

kafka { brokers = var.brokers }

source "kafka" "raw" { topics = ["web-.*"] }

include { files = ["teams/*.hcl"] }

class "rest" {
  match  = ["*"]
  period = local.quiet
  labels = local.labels

  rule "silent" {
    when = "silence.age > feed.period"
    say  = "{feed.name} at ${local.site} has been silent for {silence.age}"
  }
}
