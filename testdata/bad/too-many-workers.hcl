kafka {
  brokers = ["localhost:9092"]
  workers = 65
}
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
