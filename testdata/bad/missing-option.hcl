kafka { brokers = ["localhost:9092"] }

source "kafka" "raw" {
  start = "earliest"
}

class "all" { match = ["*"] }
