kafka {
  brokers = ["localhost:9092"]
  sasl { mechanism = "scram-sha-265" }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
