kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "firewalls" {
  match  = ["fw-*"]
  period = "5m"
}
class "web" {
  match  = ["web-*"]
  period = "5m"
}
feed "fw-a" { class = "firewalls" }
feed "fw-b" { class = "firewalls" }
feed "web-a" { class = "web" }

group "fw" { members = ["fw-a", "fw-b", "fw-a"] }
