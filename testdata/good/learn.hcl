# What lines are like is learnt, without a word on their format.
embedded { dir = "data" }
source "kafka" "raw" { topics = ["logs"] }


class "learnt" { # gets the rule "drifting"
  match = ["a-*"]
  learn = true
}

class "told" {
  match = ["b-*"]
  learn = true
  rule "lost_field" {
    when     = "lines.drifts > 0 && lines.kind in ['field_missing', 'field_empty']"
    severity = "high"
    say      = "{feed.name} lost {lines.field}: {lines.text}, since {lines.since}: {lines.sample}"
  }
}
