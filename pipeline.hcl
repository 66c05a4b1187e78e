# Feedgauge's configuration. Edit brokers and topics, then check it with
# `feedgauge validate pipeline.hcl`. All options are in docs/configuration.md.

kafka { brokers = ["localhost:9092"] }

source "kafka" "raw" {
  topics = ["syslog", "app-.*", "web-.*"]           # regular expressions, whole names
  start  = "latest"                                 # or "earliest", or "-24h"
  feed   = ["header:feed", "json:host.name", "key"] # the first that yields a name
  tenant = ["header:tenant", "const:main"]
  # outage_after = "2m" tells a source that is all quiet as one alert
}

# A class is a set of feeds that are alike. The first whose match fits takes a
# feed; what none takes is counted and never alarmed.
class "web" {
  match  = ["web-*"]
  every  = "1m" # windows: one minute each
  period = "5m" # silent when nothing comes for so long

  format "access_combined" { require = ["client", "status"] }
  count { measures = ["events", "bytes"] }
  forecast "trend" { factor = 0.5 } # the weight of the old value

  rule "never_seen" { # of feeds that are named below, or in an inventory
    when = "!feed.seen"
    say  = "{feed.name} should deliver and never did"
  }
  rule "silent" {
    when     = "silence.age > feed.period"
    severity = "high"
    say      = "{feed.name} has been silent for {silence.age}, {feed.period} is its limit"
  }
  rule "empty" { # records keep coming, with nothing in them
    when = "window.arrivals > 0 && window.blank == window.arrivals"
    say  = "all {window.arrivals} records of {feed.name} were blank"
  }
  rule "short" { # a window without any record is the business of "silent"
    when     = "window.events > 0 && window.events < 0.75 * forecast.events.expected"
    for      = 2
    severity = "high"
    say      = "{feed.name} sent {window.events} events, {forecast.events.expected} were expected"
  }
  rule "malformed" {
    when = "window.errors > 0.05 * window.arrivals"
    say  = "{window.errors} of {window.arrivals} records of {feed.name} broke the format"
  }
}

class "app" {
  match  = ["app-*"]
  period = "15m"
  format "json" { require = ["time:timestamp", "level:string"] }
  rule "silent" {
    when = "silence.age > feed.period"
    say  = "{feed.name} has been silent for {silence.age}, {feed.period} is its limit"
  }
  rule "malformed" {
    when = "window.errors > 0"
    say  = "{window.errors} of {window.arrivals} records of {feed.name} broke the format"
  }
}

class "devices" {
  match  = ["*"]
  every  = "5m"
  period = "1h"
  format "syslog_rfc3164" { require = ["host"] }
  rule "silent" { when = "silence.age > feed.period" }
}

# A feed may be named, with facts of its own; many are better kept in a file:
# inventory "csv" { file = "feeds.csv" }. Of a group some may be silent.
feed "web-01" {
  class  = "web"
  period = "2m"
}

sink "stdout" "screen" { encode = "text" } # the alerts topic is always written
