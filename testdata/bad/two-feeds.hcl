kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }

feed "web-01" { class = "all" }
feed "web-02" { class = "all" }
feed "web-01" { class = "all" }
