embedded { # testdata/good/everything.hcl:2
  dir          = "data"
  prefix       = "fg.test"
  partitions   = 3
  instance     = "one"
  metadata_age = "2s"
  workers      = 1 # default
}

metrics { # testdata/good/everything.hcl:10
  listen = "off"
}

source "kafka" "raw" {                  # testdata/good/everything.hcl:12
  feed         = ["header:feed", "key"] # default
  tenant       = ["header:tenant"]
  slack        = "1s"
  outage_after = "off" # default
  max_feeds    = 0     # default
  topics       = ["syslog", "web-.*"]
  start        = "-24h"
}

source "kafka" "other" {          # testdata/good/everything.hcl:19
  feed   = ["header:feed", "key"] # default
  tenant = ["const:main"]         # default
  # slack: 1s where the broker stamps records, 30s where producers do
  outage_after = "off" # default
  max_feeds    = 0     # default
  topics       = ["other"]
  start        = "latest" # default
}

class "web" { # testdata/good/everything.hcl:21
  source   = "raw"
  match    = ["web-*", "www-[0-9]"]
  every    = "5s"
  lateness = "2s"
  period   = "10s"
  # late: none
  # retire_after: none
  settle = "10s" # default
  # active: all hours
  time_zone = "UTC" # default
  # holidays: none
  labels = { site = "london" }
  learn  = false # default
  clocks = true  # default
  # rules: none
  # judged in this order: short

  format "json" { # testdata/good/everything.hcl:29
    require = ["time:timestamp"]
    # types: none
    # ranges: none
    # rules: none
    # fields: none
    # time: that of the format
    # time_layout: that of the format
    # unit: that of the format
    # envelope: none
    # envelope_field: of beats the first there is of message, log, event.original, MESSAGE; of others all of an element
    max_line = "1MiB" # default
    # schema: none
  }

  count { # testdata/good/everything.hcl:30
    measures = ["events"]
  }

  forecast "trend" { # testdata/good/everything.hcl:31
    factor   = 0.25
    warmup   = 3
    measures = ["events"] # default
  }

  rule "short" { # testdata/good/everything.hcl:35
    when     = "window.events > 0 &&\n  window.events < 0.75 * forecast.events.expected\n"
    for      = 2
    clear    = 3
    severity = "high"
    status   = "low"
    say      = "{feed.name}: only {window.events}"
  }
}

class "devices" { # testdata/good/everything.hcl:48
  source = "other"
  # match: none
  every    = "1m"  # default
  lateness = "30s" # default
  period   = "1h"
  # late: none
  # retire_after: none
  settle = "2m" # default
  # active: all hours
  time_zone = "UTC" # default
  # holidays: none
  # labels: none
  learn  = false # default
  clocks = true  # default
  # rules: none

  format "any" { # default
    # envelope: none
    # envelope_field: that of the envelope
  }

  count {                                   # default
    measures = ["events", "bytes", "lines"] # default
  }
}

feed "web-01" { # testdata/good/everything.hcl:53
  class  = "web"
  tenant = "main" # default
  period = "1m"
  owner  = "web team"
  labels = { tier = "1" }
}

feed "web-01" { # testdata/good/everything.hcl:60
  class  = "web"
  tenant = "acme"
  period = "10s" # default
  # owner: none
  # labels: none
}

inventory "csv" { # testdata/good/everything.hcl:65
  file = "feeds.csv"
}

sink "kafka" "alerts" { # testdata/good/everything.hcl:67
  encode = "ocsf"
}

sink "stdout" "screen" { # testdata/good/everything.hcl:68
  encode     = "text"    # default
  historical = true
}
