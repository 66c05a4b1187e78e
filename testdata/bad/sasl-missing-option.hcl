kafka {
  brokers = ["localhost:9092"]
  sasl {
    mechanism = "aws-msk-iam"
    access_key = "AKIA"
  }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
