embedded { dir = "data" }
source "kafka" "raw" { topics = ["logs"] }

class "a" {
  match = ["*"]
  rule "drifting" { when = "lines.drifts > 0" }
}
