kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
class "web" {
  match = ["*"]
  rule "r" {
    when = "feed.name.matches('(abcdefghijkl){1000}')"
  }
}
