kafka { brokers = ["localhost:9092"] }
source "kafak" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
