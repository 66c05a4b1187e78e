kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" {
  match = ["*"]
  format "regexp" {
    expression = "(?<user>x)[z-a]"
  }
}
