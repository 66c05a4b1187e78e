kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["web-(a|b"] }
class "all" { match = ["*"] }
