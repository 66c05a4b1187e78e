kafka { brokers = ["localhost:9092"] }
class "all" { match = ["*"] }
