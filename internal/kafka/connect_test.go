package kafka

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// ask asks the cluster a question that needs a connection.
func ask(t *testing.T, addr string, k pipeline.Kafka) error {
	t.Helper()
	cl := dial(t, []string{addr}, append(Options(k), kgo.RetryTimeout(5*time.Second))...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := kadm.NewClient(cl).BrokerMetadata(ctx)
	return err
}

// tomorrow is a time at which certificates of tests are still good.
func tomorrow() time.Time { return time.Now().Add(12 * time.Hour) }

// TestConnections is what docs/connecting.md says was tried on a real broker.
func TestConnections(t *testing.T) {
	t.Parallel()
	broker := kafkatest.StartSecured(t)
	client := broker.CA.Issue(t, "client", tomorrow())
	stale := broker.CA.Issue(t, "stale", time.Now().Add(-time.Hour))
	stranger := kafkatest.NewAuthority(t, "stranger")
	foreign := stranger.Issue(t, "foreign", tomorrow())
	trusted := &pipeline.TLS{CA: broker.CA.File()}
	user := func(mechanism, password string) *pipeline.SASL {
		return &pipeline.SASL{Mechanism: mechanism, Username: kafkatest.User, Password: pipeline.NewSecret(password)}
	}
	for name, tt := range map[string]struct {
		listener string
		tls      *pipeline.TLS
		sasl     *pipeline.SASL
		want     string // of the remedy; "" is that it works
	}{
		"tls":                      {kafkatest.ListenerTLS, trusted, nil, ""},
		"tls by name":              {kafkatest.ListenerTLS, &pipeline.TLS{CA: broker.CA.File(), ServerName: "localhost"}, nil, ""},
		"tls without authority":    {kafkatest.ListenerTLS, &pipeline.TLS{}, nil, "name the authority"},
		"tls of another":           {kafkatest.ListenerTLS, &pipeline.TLS{CA: stranger.File()}, nil, "name the authority"},
		"tls by a wrong name":      {kafkatest.ListenerTLS, &pipeline.TLS{CA: broker.CA.File(), ServerName: "kafka.example"}, nil, "by a name in its certificate"},
		"no tls":                   {kafkatest.ListenerTLS, nil, nil, "wants TLS"},
		"tls where there is none":  {"", trusted, nil, "speaks no TLS"},
		"mtls":                     {kafkatest.ListenerMTLS, &pipeline.TLS{CA: broker.CA.File(), Cert: client.Cert, Key: client.Key}, nil, ""},
		"mtls without":             {kafkatest.ListenerMTLS, trusted, nil, "wants one that it does not get"},
		"mtls expired":             {kafkatest.ListenerMTLS, &pipeline.TLS{CA: broker.CA.File(), Cert: stale.Cert, Key: stale.Key}, nil, "renew it in place"},
		"mtls of another":          {kafkatest.ListenerMTLS, &pipeline.TLS{CA: broker.CA.File(), Cert: foreign.Cert, Key: foreign.Key}, nil, "refuses our certificate"},
		"plain":                    {kafkatest.ListenerSASL, trusted, user(pipeline.Plain, kafkatest.Password), ""},
		"plain, wrong":             {kafkatest.ListenerSASL, trusted, user(pipeline.Plain, "hunter2"), "check user and secret"},
		"scram-sha-256":            {kafkatest.ListenerSASL, trusted, user(pipeline.ScramSHA256, kafkatest.Password), ""},
		"scram-sha-512":            {kafkatest.ListenerSASL, trusted, user(pipeline.ScramSHA512, kafkatest.Password), ""},
		"scram-sha-512, wrong":     {kafkatest.ListenerSASL, trusted, user(pipeline.ScramSHA512, "hunter2"), "check user and secret"},
		"no sasl":                  {kafkatest.ListenerSASL, trusted, nil, "wants TLS or SASL"},
		"sasl where there is none": {kafkatest.ListenerTLS, trusted, user(pipeline.Plain, kafkatest.Password), "wants no sign-in"},
		"oauthbearer":              {kafkatest.ListenerSASL, trusted, &pipeline.SASL{Mechanism: pipeline.OAuthBearer, Token: pipeline.NewSecret(unsigned(kafkatest.User, time.Hour))}, ""},
		"oauthbearer, old":         {kafkatest.ListenerSASL, trusted, &pipeline.SASL{Mechanism: pipeline.OAuthBearer, Token: pipeline.NewSecret(unsigned(kafkatest.User, -time.Hour))}, "check the sasl block"},
		"not enabled":              {kafkatest.ListenerSASL, trusted, &pipeline.SASL{Mechanism: pipeline.MSKIAM, AccessKey: "AKIA", SecretKey: pipeline.NewSecret("hunter2")}, "choose a mechanism"},
		"no such file":             {kafkatest.ListenerSASL, trusted, &pipeline.SASL{Mechanism: pipeline.Plain, Username: "u", Password: pipeline.SecretFile("/no/such/file")}, "check the sasl block"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := broker.Brokers()[0]
			if tt.listener != "" {
				addr = broker.Address(tt.listener)
			}
			err := ask(t, addr, pipeline.Kafka{TLS: tt.tls, SASL: tt.sasl, Rack: "r1"})
			switch remedy := Remedy(err); {
			case tt.want == "" && err != nil:
				t.Errorf("cannot connect: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(remedy, tt.want)):
				t.Errorf("error %v, remedy %q, want %q", err, remedy, tt.want)
			case err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), kafkatest.Password)):
				t.Errorf("a secret is told: %v", err)
			case err != nil && !Denied(err):
				t.Errorf("not known as refusal: %v", err)
			}
		})
	}
	t.Run("renewal", func(t *testing.T) { t.Parallel(); renewal(t, broker) })
	t.Run("provider", func(t *testing.T) { t.Parallel(); provider(t, broker) })
}

// renewal: the same options connect again after certificate and password were
// changed in place.
func renewal(t *testing.T, broker *kafkatest.Secured) {
	old := broker.CA.Issue(t, "renewed", time.Now().Add(-time.Hour))
	k := pipeline.Kafka{TLS: &pipeline.TLS{CA: broker.CA.File(), Cert: old.Cert, Key: old.Key}}
	opts := Options(k)
	connect := func(addr string) error {
		_, err := kadm.NewClient(dial(t, []string{addr}, opts...)).BrokerMetadata(t.Context())
		return err
	}
	if err := connect(broker.Address(kafkatest.ListenerMTLS)); err == nil || !strings.Contains(err.Error(), "has expired") {
		t.Errorf("with an old certificate: %v", err)
	}
	broker.CA.Issue(t, "renewed", tomorrow())
	if err := connect(broker.Address(kafkatest.ListenerMTLS)); err != nil {
		t.Errorf("with a renewed certificate: %v", err)
	}
	secret := filepath.Join(t.TempDir(), "password")
	write := func(text string) {
		if err := os.WriteFile(secret, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hunter2")
	k.SASL = &pipeline.SASL{Mechanism: pipeline.ScramSHA256, Username: kafkatest.User, Password: pipeline.SecretFile(secret)}
	opts = Options(k)
	if err := connect(broker.Address(kafkatest.ListenerSASL)); !Denied(err) {
		t.Errorf("with a wrong password: %v", err)
	}
	write(kafkatest.Password)
	if err := connect(broker.Address(kafkatest.ListenerSASL)); err != nil {
		t.Errorf("with the right one: %v", err)
	}
}

// provider: tokens come from an OpenID provider, and are asked for again when they
// end.
func provider(t *testing.T, broker *kafkatest.Secured) {
	issued := 0
	life := time.Hour
	idp := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		if id != "client" || secret != "s3cret" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("audience") != "kafka" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"not %s"}`, secret+r.FormValue("client_secret"))
			return
		}
		issued++
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":%d}`, unsigned(kafkatest.User, life), int(life.Seconds()))
	}))
	defer idp.Close()
	ca := filepath.Join(t.TempDir(), "idp.pem")
	if err := os.WriteFile(ca, certificatePEM(idp.Certificate().Raw), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &pipeline.SASL{
		Mechanism: pipeline.OAuthBearer, TokenURL: idp.URL, TokenCA: ca, ClientID: "client",
		ClientSecret: pipeline.NewSecret("s3cret"), Parameters: map[string]string{"audience": "kafka"},
	}
	opts := Options(pipeline.Kafka{TLS: &pipeline.TLS{CA: broker.CA.File()}, SASL: s})
	connect := func() error {
		_, err := kadm.NewClient(dial(t, []string{broker.Address(kafkatest.ListenerSASL)}, opts...)).BrokerMetadata(t.Context())
		return err
	}
	for range 2 { // the token of the first serves the second
		if err := connect(); err != nil || issued != 1 {
			t.Fatalf("%d tokens: %v", issued, err)
		}
	}
	life = 5 * time.Second // less than what is kept in reserve, so each connection asks again
	opts = Options(pipeline.Kafka{TLS: &pipeline.TLS{CA: broker.CA.File()}, SASL: s})
	for want := 2; want <= 3; want++ {
		before := issued
		if err := connect(); err != nil || issued <= before {
			t.Fatalf("%d tokens after %d: %v", issued, before, err)
		}
	}
	s.ClientSecret = pipeline.NewSecret("hunter2")
	opts = Options(pipeline.Kafka{TLS: &pipeline.TLS{CA: broker.CA.File()}, SASL: s})
	err := connect()
	if err == nil || !strings.Contains(err.Error(), "401 Unauthorized, invalid_client: not (hidden)") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("with a wrong secret: %v", err)
	}
	if !strings.Contains(Remedy(err), "client_secret") {
		t.Errorf("remedy %q", Remedy(err))
	}
}

// unsigned is a token as Kafka's unsecured validator takes it: a JSON Web Token
// without signature.
func unsigned(subject string, life time.Duration) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	end := time.Now().Add(life)
	begin := min(time.Now().Unix(), end.Unix()-60)
	return part(map[string]string{"alg": "none"}) + "." + part(map[string]any{"sub": subject, "iat": begin, "exp": end.Unix()}) + "."
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
