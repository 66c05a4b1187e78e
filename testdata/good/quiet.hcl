# Feeds that may be quiet: offices, nightly files, pairs, whole sources.
kafka {
  brokers = ["localhost:9092"]
  workers = 4
}

source "kafka" "raw" {
  topics       = ["office", "files", "pods"]
  outage_after = "2m"
  max_feeds    = 100000
}

class "office" {
  match     = ["office-*"]
  every     = "5m"
  period    = "1h"
  late      = "30m"
  settle    = "15m"
  active    = "Mon-Thu 08:00-18:00; Fri 08:00-15:00"
  time_zone = "Europe/Berlin"
  holidays  = ["de-be", "ics:stocktaking.ics"]

  rule "silent" { when = "silence.age > feed.period" }
}

class "files" {
  match     = ["file-*"]
  time_zone = "Europe/Berlin"

  delivery {
    schedule = "0 2 * * mon-fri"
    deadline = "2h"
    name     = "x-file"
    bytes    = "x-bytes"
    lines    = "x-lines"
  }
  rule "missing" { when = "window.deliveries == 0" }
  rule "short" { when = "window.lines < window.declared_lines" }
}

class "reports" {
  match = ["report-*"]

  delivery {
    every    = "6h"
    deadline = "30m"
  }
}

class "pods" {
  match        = ["pod-*"]
  period       = "10m"
  retire_after = "24h"

  rule "silent" { when = "silence.age > feed.period" }
  rule "never_seen" { when = "!feed.seen" }
}

feed "lb-a" { class = "pods" }
feed "lb-b" { class = "pods" }
feed "lb-c" { class = "pods" }

group "lb" {
  members = ["lb-a", "lb-b", "lb-c"]
  need    = 2
}
