kafka { brokers = ["localhost:9092"] }

source "kafka" "raw" {
  topics = ["syslog"]
  feed   = ["header:feed", "json:host..name"]
}

class "all" { match = ["*"] }
