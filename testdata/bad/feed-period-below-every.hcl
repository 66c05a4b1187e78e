kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match  = ["*"]
  period = "5m"
}

feed "web-01" {
  class  = "web"
  period = "30s"
}
