kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" {
  topics = ["syslog"]
  outage_after = "10s"
}
class "all" { match = ["*"] }
