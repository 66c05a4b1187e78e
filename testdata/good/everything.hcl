# Every block, and most ways to write a value.
embedded {
  dir          = "data"
  prefix       = "fg.test"
  partitions   = 3
  instance     = "one"
  metadata_age = "2s"
}

metrics { listen = "off" }

source "kafka" "raw" {
  topics = ["syslog", "web-.*"]
  start  = "-24h"
  slack  = "1s"
  tenant = ["header:tenant"]
}

source "kafka" "other" { topics = ["other"] }

class "web" {
  source   = "raw"
  match    = ["web-*", "www-[0-9]"]
  every    = "5s"
  lateness = "2s"
  period   = "10s"
  labels   = { site = "london" }

  format "json" { require = ["time:timestamp"] }
  count { measures = ["events"] }
  forecast "trend" {
    factor = 1 / 4
    warmup = (2 + 1)
  }
  rule "short" {
    when     = <<-EOT
      window.events > 0 &&
        window.events < 0.75 * forecast.events.expected
    EOT
    for      = 2
    clear    = 3
    severity = "high"
    status   = "low"
    say      = "{feed.name}: ${"only"} {window.events}"
  }
}

class "devices" {
  source = "other"
  period = "1h"
}

feed "web-01" {
  class  = "web"
  period = "1m"
  owner  = "web team"
  labels = { tier = "1" }
}

feed "web-01" {
  class  = "web"
  tenant = "acme"
}

inventory "csv" { file = "feeds.csv" }

sink "kafka" "alerts" { encode = "ocsf" }
sink "stdout" "screen" { historical = true }
