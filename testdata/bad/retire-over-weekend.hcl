kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "web" {
  match = ["*"]
  active       = "Mon-Fri 08:00-18:00"
  period       = "1h"
  retire_after = "24h"
}
