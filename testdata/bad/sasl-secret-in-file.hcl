kafka {
  brokers = ["localhost:9092"]
  sasl {
    mechanism = "plain"
    username  = "feedgauge"
    password  = "hunter2"
  }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
