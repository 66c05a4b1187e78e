kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" {
  topics = ["syslog"]
  max_feeds = -1
}
class "all" { match = ["*"] }
