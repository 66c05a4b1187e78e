kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }

rule "silent" { when = "silence.age > duration('5m')" }
