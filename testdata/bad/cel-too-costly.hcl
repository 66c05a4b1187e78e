kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
class "web" {
  match = ["*"]
  rule "r" {
    when = "feed.labels.exists(a, feed.labels.exists(b, (a + b + a + b + a + b + a + b).contains(b + a + b + a)))"
  }
}
