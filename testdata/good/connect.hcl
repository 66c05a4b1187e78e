# Every file is read when a connection is made, but for secrets, which have to be
# there.
kafka {
  brokers = ["localhost:9093"]
  rack    = "eu-1a"
  tls {
    ca          = "ca.pem"
    cert        = "client.pem"
    key         = "client.key"
    server_name = "kafka.example"
  }
  sasl {
    mechanism     = "oauthbearer"
    token_url     = "https://id.example/oauth2/token"
    client_id     = "feedgauge"
    client_secret = file("../bad/secret.txt")
    scopes        = ["kafka"]
    parameters    = { audience = "kafka" }
  }
}
source "kafka" "raw" {
  topics = ["web"]
  feed   = ["key"]
}
class "web" { match = ["*"] }
