kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" {
  topics = ["syslog"]
  outage_after = "never"
}
class "all" { match = ["*"] }
