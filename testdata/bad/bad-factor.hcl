kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match  = ["*"]
  period = "5m"

  forecast "trend" { factor = 1.5 }
}
