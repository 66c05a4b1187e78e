kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
class "web" { match = ["*"] }
feed "  " { class = "web" }
