# A beginning for the packages beside it: one source, one class. `feedgauge inspect
# kafka:TOPIC` prints what fits your topics.

variable "brokers" { default = "kafka:9092" }

kafka { brokers = [var.brokers] }

metrics { listen = ":9464" }

source "kafka" "raw" {
  topics = ["logs-.*"]
  feed   = ["header:feed", "key"]
}

class "all" {
  match  = ["*"]
  every  = "1m"
  period = "10m"
  learn  = true

  forecast "adaptive" {}

  rule "silent" {
    when     = "silence.age > feed.period"
    severity = "high"
  }
}

sink "stdout" "log" {}
