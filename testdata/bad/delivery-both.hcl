kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "web" {
  match = ["*"]
  delivery {
    schedule = "0 2 * * *"
    every    = "24h"
    deadline = "2h"
  }
}
