source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
