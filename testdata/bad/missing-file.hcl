kafka { brokers = [file("no-such-file")] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
