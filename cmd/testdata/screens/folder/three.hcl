kafka { brokers = ["localhost:9092"] }

source "kafka" "raw" {
  topics = ["web-.*"]
  feed   = ["key"]
}

class "web" {
  match  = ["web-*"]
  evry   = "1m"
  period = "5 minutes"
  format "access_combined" { require = ["client", "status"] }
  forecast "trend" {}

  rule "short" {
    when = "window.events > 0 && window.events < 0.75 * forecast.events.expectd"
    for  = 2
    say  = "{feed.name} sent {window.events} events"
  }
}
