kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "web" {
  match = ["*"]
  delivery {
    every    = "24h"
    deadline = "2h"
  }
  delivery {
    every    = "12h"
    deadline = "2h"
  }
}
