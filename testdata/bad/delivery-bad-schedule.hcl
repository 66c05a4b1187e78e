kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "web" {
  match = ["*"]
  delivery {
    schedule = "0 25 * * *"
    deadline = "2h"
  }
}
