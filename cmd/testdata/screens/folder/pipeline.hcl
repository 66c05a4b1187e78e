embedded {
  dir          = "data"
  partitions   = 2
  instance     = "host-a"
  metadata_age = "1s"
}

metrics { listen = "off" }

source "kafka" "raw" {
  topics = ["web-.*"]
  start  = "earliest"
  feed   = ["key"]
  slack  = "1s"
}

class "web" {
  match    = ["web-*"]
  every    = "1s"
  lateness = "1s"
  period   = "2s"

  format "access_combined" {}
  forecast "seasonal31" {}

  rule "silent" {
    when     = "silence.age > feed.period"
    severity = "high"
    say      = "{feed.name} has sent nothing since its last record, and {feed.period} are the longest that is allowed"
  }
}
