package kafkatest

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Listeners of a secured broker, beside the one of [Broker.Brokers], at which
// whoever comes may do anything.
const (
	ListenerTLS  = "TLS"  // encrypted
	ListenerMTLS = "MTLS" // encrypted, for clients with a certificate
	ListenerSASL = "SASL" // encrypted, for clients that sign in
)

// User and Password are who may sign in to a secured broker, by PLAIN and SCRAM.
// With OAUTHBEARER it takes a token without signature for whoever it names.
const (
	User     = "feedgauge"
	Password = "correct horse battery staple"
)

// Secured is a broker that asks who comes, and lets them do only what its access
// control lists say.
type Secured struct {
	*Broker
	CA *Authority // that signed its certificate, and those of clients
}

// StartSecured runs a broker with TLS, SASL and the StandardAuthorizer for the
// length of a test.
func StartSecured(t testing.TB, opts ...Option) *Secured {
	t.Helper()
	require(t)
	ca := NewAuthority(t, "kafkatest")
	opts = append(secure(ca, ca.Issue(t, "broker", time.Now().Add(12*time.Hour))), opts...)
	s := &Secured{Broker: Start(t, opts...), CA: ca}
	s.Admit(t, User, Password)
	return s
}

func secure(ca *Authority, broker Pair) []Option {
	opts := []Option{Listener(ListenerTLS, "SSL"), Listener(ListenerMTLS, "SSL"), Listener(ListenerSASL, "SASL_SSL")}
	const plain = "listener.name.sasl."
	for key, value := range map[string]string{
		"ssl.keystore.type":                      "PEM",
		"ssl.keystore.location":                  broker.Both,
		"ssl.truststore.type":                    "PEM",
		"ssl.truststore.location":                ca.File(),
		"listener.name.mtls.ssl.client.auth":     "required",
		"sasl.enabled.mechanisms":                "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
		plain + "plain.sasl.jaas.config":         `org.apache.kafka.common.security.plain.PlainLoginModule required user_` + User + `="` + Password + `";`,
		plain + "scram-sha-256.sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
		plain + "scram-sha-512.sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
		plain + "oauthbearer.sasl.jaas.config":   `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
		"authorizer.class.name":                  "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":                            "User:ANONYMOUS",
	} {
		opts = append(opts, Config(key, value))
	}
	return opts
}

// Admit lets a user sign in by SCRAM with a password, from now on.
func (s *Secured) Admit(t testing.TB, user, password string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	admin := s.Admin(t)
	for _, m := range []kadm.ScramMechanism{kadm.ScramSha256, kadm.ScramSha512} { // a request takes each user once
		answer, err := admin.AlterUserSCRAMs(ctx, nil, []kadm.UpsertSCRAM{{User: user, Mechanism: m, Iterations: 4096, Password: password}})
		check(t, err)
		check(t, answer.Error())
	}
}

// Admin returns a client that may do anything.
func (s *Secured) Admin(t testing.TB) *kadm.Client {
	t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(s.Brokers()...))
	check(t, err)
	t.Cleanup(cl.Close)
	return kadm.NewClient(cl)
}
