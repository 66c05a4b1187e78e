# The pipeline of `feedgauge demo`. It runs on a broker inside the process.

embedded {
  dir          = "demo-data" # the demo itself uses a temporary folder
  partitions   = 4
  instance     = "demo"
  metadata_age = "2s"
}

metrics { listen = "off" }

source "kafka" "raw" {
  topics = ["archive", "live"]
  start  = "earliest"
  feed   = ["key"]
  slack  = "1s"
}

# Three weeks of real traffic, in hourly windows.
class "archive" {
  match  = ["archive-*"]
  every  = "1h"
  period = "6h"

  forecast "trend" {}

  rule "silent" { when = "silence.age > feed.period" }
  rule "short" {
    when = "window.events > 0 && window.events < 0.5 * forecast.events.expected"
    for  = 2
  }
}

rules "live" {
  rule "silent" {
    when     = "silence.age > feed.period"
    severity = "high"
    say      = "{feed.name} has sent nothing for {silence.age} ({feed.period} are allowed), {forecast.events.expected} records every 5s are usual"
  }
  rule "short" {
    when     = "window.events > 0 && window.events < 0.75 * forecast.events.expected"
    for      = 2
    severity = "medium"
    say      = "{feed.name} sent {window.events} records in 5s, {forecast.events.expected} were expected"
  }
  rule "malformed" {
    when     = "window.errors > 0.05 * window.arrivals"
    severity = "medium"
    say      = "{window.errors} of {window.arrivals} records of {feed.name} broke their format"
  }
}

# Live feeds, in short windows, so that there is something to see at once.
class "web" {
  match    = ["web-*"]
  rules    = ["live"]
  every    = "5s"
  lateness = "2s"
  period   = "10s"
  clocks   = false # the lines are old, and sent again and again

  format "access_combined" { require = ["client", "status"] }
  forecast "trend" {}
}

class "app" {
  match    = ["app-*"]
  rules    = ["live"]
  every    = "5s"
  lateness = "2s"
  period   = "10s"

  format "json" {}
  forecast "trend" {}
}

class "host" {
  match    = ["host-*"]
  rules    = ["live"]
  every    = "5s"
  lateness = "2s"
  period   = "10s"
  clocks   = false # the lines are old, and sent again and again

  format "syslog_rfc3164" {}
  forecast "trend" {}
}
