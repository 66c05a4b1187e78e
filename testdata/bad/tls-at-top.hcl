kafka {
  brokers = ["localhost:9092"]
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
tls {}
