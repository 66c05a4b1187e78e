package pipeline

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// maxSecret bounds the file of a secret, in bytes.
const maxSecret = 64 << 10

// Secret is what must never be shown: however it is printed, encoded or logged,
// it reads "(hidden)". One that comes from a file is read again at each use, so
// that it can be changed without a restart.
type Secret struct {
	value, file string
}

// NewSecret returns a secret that does not change.
func NewSecret(value string) Secret { return Secret{value: value} }

// SecretFile returns a secret that is the content of a file without the line end
// at its end.
func SecretFile(path string) Secret { return Secret{file: path} }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.value == "" && s.file == "" }

// Reveal returns the secret. The error names the file, never what is in it.
func (s Secret) Reveal() (string, error) {
	if s.file == "" {
		return s.value, nil
	}
	f, err := os.Open(s.file)
	if err != nil {
		return "", fmt.Errorf("a secret cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("a secret cannot be read: %w", err)
	case len(b) > maxSecret:
		return "", fmt.Errorf("the secret in %q is longer than %d bytes", s.file, maxSecret)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if text == "" {
		return "", fmt.Errorf("the secret in %q is empty", s.file)
	}
	return text, nil
}

const hidden = "(hidden)"

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// String returns no secret.
func (s Secret) String() string { return hidden }

// MarshalText implements encoding.TextMarshaler, and so JSON, without the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// TLS says how connections are encrypted. Files are read anew for each
// connection, so certificates can be renewed in place.
type TLS struct {
	CA         string // file of the authorities that are trusted, PEM; "" for those of the system
	Cert, Key  string // files of our own certificate, PEM; "" for none
	ServerName string // that the broker's certificate is for; "" for the address
}

// Mechanisms that SASL knows, as a configuration names them.
const (
	Plain       = "plain"
	ScramSHA256 = "scram-sha-256"
	ScramSHA512 = "scram-sha-512"
	OAuthBearer = "oauthbearer"
	MSKIAM      = "aws-msk-iam"
	Kerberos    = "kerberos"
)

// Mechanisms returns the names of all mechanisms.
func Mechanisms() []string {
	return []string{Plain, ScramSHA256, ScramSHA512, OAuthBearer, MSKIAM, Kerberos}
}

// SASL says who we are. Which fields hold depends on the mechanism; the
// configuration has checked that they are there.
type SASL struct {
	Mechanism string
	Username  string // plain, scram, kerberos
	Password  Secret // plain, scram, and kerberos without keytab

	Token        Secret // oauthbearer: a token as it is
	TokenURL     string // oauthbearer: where client credentials are exchanged for one
	TokenCA      string // file of the authorities trusted for TokenURL; "" for those of the system
	ClientID     string
	ClientSecret Secret
	Scopes       []string
	Parameters   map[string]string // further ones of the request for a token, such as audience
	Extensions   map[string]string // of the SASL exchange

	AccessKey    string // aws-msk-iam
	SecretKey    Secret
	SessionToken Secret

	Realm, Service string // kerberos
	Keytab         string // file
	Krb5Conf       string // file
}
