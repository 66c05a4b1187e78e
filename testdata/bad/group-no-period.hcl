kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "web" { match = ["*"] }
feed "a" { class = "web" }
feed "b" { class = "web" }
group "pair" { members = ["a", "b"] }
