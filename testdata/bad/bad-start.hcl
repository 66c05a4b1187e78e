kafka { brokers = ["localhost:9092"] }

source "kafka" "raw" {
  topics = ["syslog"]
  start  = "24h"
}

class "all" { match = ["*"] }
