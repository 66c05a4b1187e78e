kafka {
  brokers = ["localhost:9092"]
  tls { cert = "client.pem" }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
