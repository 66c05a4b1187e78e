package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// tokenTimeout bounds one request for a token.
const tokenTimeout = 15 * time.Second

// tokens gives out bearer tokens: one that stands in the configuration, or those
// that an OpenID provider issues for our credentials (RFC 6749, section 4.4). A
// token serves until shortly before it ends.
type tokens struct {
	sasl pipeline.SASL

	mu   sync.Mutex
	held *oauth2.Token
	// request remembers how the provider wants our credentials: as a header, or as
	// parameters.
	request *clientcredentials.Config
}

func newTokens(s pipeline.SASL) *tokens {
	t := &tokens{sasl: s, request: &clientcredentials.Config{
		ClientID: s.ClientID, TokenURL: s.TokenURL, Scopes: s.Scopes, EndpointParams: make(url.Values),
	}}
	for name, value := range s.Parameters {
		t.request.EndpointParams.Set(name, value)
	}
	return t
}

func (t *tokens) auth(ctx context.Context) (oauth.Auth, error) {
	text, err := t.token(ctx)
	return oauth.Auth{Token: text, Extensions: t.sasl.Extensions}, err
}

func (t *tokens) token(ctx context.Context) (string, error) {
	if t.sasl.TokenURL == "" {
		return t.sasl.Token.Reveal()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.held.Valid() {
		held, err := t.fetch(ctx)
		if err != nil {
			return "", err
		}
		t.held = held
	}
	return t.held.AccessToken, nil
}

func (t *tokens) fetch(ctx context.Context) (*oauth2.Token, error) {
	secret, err := t.sasl.ClientSecret.Reveal()
	if err != nil {
		return nil, err
	}
	client, err := t.client()
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	t.request.ClientSecret = secret
	token, err := t.request.Token(context.WithValue(ctx, oauth2.HTTPClient, client)) // the library's way of handing a client in
	if err != nil {
		return nil, &tokenError{url: t.sasl.TokenURL, client: t.sasl.ClientID, why: strings.ReplaceAll(refusal(err), secret, "(hidden)")}
	}
	return token, nil
}

// client trusts the authorities that the configuration names. It follows no
// redirection, which would take the secret elsewhere.
func (t *tokens) client() (*http.Client, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.sasl.TokenCA != "" {
		pool, err := authorities(t.sasl.TokenCA)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = pool
	}
	return &http.Client{
		Timeout:   tokenTimeout,
		Transport: &http.Transport{TLSClientConfig: cfg, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}, nil
}

// refusal says why there is no token. What a provider wrote beside the fields that
// are made for it stays out: it may repeat what it was sent.
func refusal(err error) string {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return err.Error()
	}
	why := refused.Response.Status
	if refused.ErrorCode != "" {
		why += ", " + refused.ErrorCode
	}
	if refused.ErrorDescription != "" {
		why += ": " + refused.ErrorDescription
	}
	return why
}

// tokenError means that a provider gave us no token.
type tokenError struct{ url, client, why string }

func (e *tokenError) Error() string {
	return fmt.Sprintf("no token from %q for client %q: %s", e.url, e.client, e.why)
}
