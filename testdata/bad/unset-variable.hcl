kafka { brokers = [env("FEEDGAUGE_NOT_SET")] }
source "kafka" "raw" { topics = ["syslog"] }
class "all" { match = ["*"] }
