kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["(abcdefghijkl){1000}"] }
class "web" { match = ["*"] }
