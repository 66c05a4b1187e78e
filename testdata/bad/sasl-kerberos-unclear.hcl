kafka {
  brokers = ["localhost:9092"]
  sasl {
    mechanism = "kerberos"
    username  = "feedgauge"
    realm     = "EXAMPLE.ORG"
  }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
