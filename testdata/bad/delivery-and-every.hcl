kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "web" {
  match = ["*"]
  every = "1h"

  delivery {
    schedule = "0 2 * * *"
    deadline = "2h"
  }
}
