kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
rule "short" { when = "window.events < 1" }
class "web" { match = ["*"] }
