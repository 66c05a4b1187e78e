kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }

class "web" {
  match = ["*"]
  time_zone = "Europe/Berlin"
  period    = "24h" # not enough on the day that clocks are put back

  delivery {
    schedule = "0 2 * * *"
    deadline = "2h"
  }
}
