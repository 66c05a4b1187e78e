class "web" {
  match  = ["web-*"]
  period = "2m"
  labels = { site = local.labels.site, team = "web" }
}
