kafka {
  brokers = ["localhost:9092"]
  sasl {
    mechanism     = "oauthbearer"
    token_url     = "http://id.example/token"
    client_id     = "feedgauge"
    client_secret = file("secret.txt")
  }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
