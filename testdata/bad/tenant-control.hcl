kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }

feed "web-01" {
  class  = "all"
  tenant = "a\nb"
}
