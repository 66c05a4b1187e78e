kafka {
  brokers = ["localhost:9092"]
  sasl {
    mechanism = "scram-sha-512"
    username  = "feedgauge"
    password  = file("secret.txt")
    realm     = "EXAMPLE.ORG"
  }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
