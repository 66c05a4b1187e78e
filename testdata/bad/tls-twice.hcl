kafka {
  brokers = ["localhost:9092"]
  tls {}
  tls {}
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
