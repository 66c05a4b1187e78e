kafka {
  brokers = ["localhost:9092"]
  sasl { mechanism = "oauthbearer" }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
