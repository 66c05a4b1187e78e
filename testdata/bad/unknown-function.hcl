kafka { brokers = [enw("BROKER")] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
