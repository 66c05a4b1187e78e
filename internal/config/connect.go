package config

import (
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

type tlsBlock struct {
	CA         string `hcl:"ca,optional" doc:"file of the authorities that may have signed the brokers' certificates, PEM" default:"those the system trusts"`
	Cert       string `hcl:"cert,optional" doc:"file of our certificate with those between it and its authority, PEM, for brokers that want one (mTLS)" default:"none"`
	Key        string `hcl:"key,optional" doc:"file of the key to cert, PEM, without a password" default:"none"`
	ServerName string `hcl:"server_name,optional" doc:"name that the brokers' certificates are for" default:"that of the address"`
}

type saslBlock struct {
	Mechanism    string            `hcl:"mechanism" doc:"plain, scram-sha-256, scram-sha-512, oauthbearer, aws-msk-iam or kerberos"`
	Username     string            `hcl:"username,optional" doc:"who we are: for plain, scram and kerberos" default:"none"`
	Password     string            `hcl:"password,optional" doc:"for plain and scram, and for kerberos without keytab; by env or file" default:"none"`
	Token        string            `hcl:"token,optional" doc:"for oauthbearer: a token as it is; by env or file" default:"none"`
	TokenURL     string            `hcl:"token_url,optional" doc:"for oauthbearer: address of an OpenID provider that gives a token for client credentials; a token is renewed before it ends" default:"none"`
	TokenCA      string            `hcl:"token_ca,optional" doc:"file of the authorities that may have signed the provider's certificate, PEM" default:"those the system trusts"`
	ClientID     string            `hcl:"client_id,optional" doc:"who we are to the provider" default:"none"`
	ClientSecret string            `hcl:"client_secret,optional" doc:"that proves it; by env or file" default:"none"`
	Scopes       []string          `hcl:"scopes,optional" doc:"what the token is to be for" default:"none"`
	Parameters   map[string]string `hcl:"parameters,optional" doc:"further parameters that the provider wants, such as audience" default:"none"`
	Extensions   map[string]string `hcl:"extensions,optional" doc:"for oauthbearer: extensions that the brokers want, such as logicalCluster" default:"none"`
	AccessKey    string            `hcl:"access_key,optional" doc:"for aws-msk-iam: id of the access key" default:"none"`
	SecretKey    string            `hcl:"secret_key,optional" doc:"for aws-msk-iam: the access key itself; by env or file" default:"none"`
	SessionToken string            `hcl:"session_token,optional" doc:"for aws-msk-iam: token of temporary credentials; by env or file" default:"none"`
	Realm        string            `hcl:"realm,optional" doc:"for kerberos: realm of the user" default:"none"`
	Service      string            `hcl:"service,optional" doc:"for kerberos: first part of the brokers' principals" default:"kafka"`
	Keytab       string            `hcl:"keytab,optional" doc:"for kerberos: file with the user's keys" default:"none"`
	Krb5Conf     string            `hcl:"krb5_conf,optional" doc:"for kerberos: file that describes the realm" default:"/etc/krb5.conf"`
}

func newTLS() *tlsBlock { return &tlsBlock{} }

func newSASL() *saslBlock { return &saslBlock{Service: "kafka", Krb5Conf: "/etc/krb5.conf"} }

// connections are the blocks inside kafka that say how to connect.
func connections() []string { return []string{"tls", "sasl"} }

// secretOptions are those that hold secrets, and nothing but what a function
// returns.
func secretOptions() []string {
	return []string{"password", "token", "client_secret", "secret_key", "session_token"}
}

// inside returns the only block of a type inside b, nil if there is none.
func (l *loader) inside(b *block, kind string) *block {
	var all []*block
	for _, in := range b.Body.Blocks {
		if child := b.child(in); in.Type == kind && l.labels(child) {
			all = append(all, child)
		}
	}
	return l.single(all, "There is one way to connect to a cluster.")
}

// connection reads how the cluster of a kafka block is connected to.
func (l *loader) connection(b *block) (*pipeline.TLS, *pipeline.SASL) {
	var t *pipeline.TLS
	var s *pipeline.SASL
	if in := l.inside(b, "tls"); in != nil {
		t = l.tls(in)
	}
	if in := l.inside(b, "sasl"); in != nil {
		s = l.sasl(in)
	}
	return t, s
}

func (l *loader) tls(b *block) *pipeline.TLS {
	c := newTLS()
	l.decode(b, nil, c)
	switch {
	case c.Cert != "" && c.Key == "" && !b.bad["key"]:
		l.invalid(b, "cert", "The certificate is there, but not its key.", `give its file: key = "client.key"`)
	case c.Key != "" && c.Cert == "" && !b.bad["cert"]:
		l.invalid(b, "key", "The key is there, but not its certificate.", `give its file: cert = "client.pem"`)
	}
	file := func(path string) string { return relative(b.text.name, path) }
	return &pipeline.TLS{CA: file(c.CA), Cert: file(c.Cert), Key: file(c.Key), ServerName: c.ServerName}
}

func (l *loader) sasl(b *block) *pipeline.SASL {
	for _, name := range secretOptions() {
		l.conceal(b, name)
	}
	c, before := newSASL(), len(l.diags)
	l.decode(b, nil, c)
	l.hush(b, before)
	c.Mechanism = strings.ToLower(c.Mechanism)
	if b.bad["mechanism"] {
		return nil
	}
	if !slices.Contains(pipeline.Mechanisms(), c.Mechanism) {
		l.invalid(b, "mechanism", "There is no mechanism "+quote(c.Mechanism)+".", suggest.DidYouMean(c.Mechanism, pipeline.Mechanisms()))
		return nil
	}
	l.credentials(b, c)
	file := func(path string) string { return relative(b.text.name, path) }
	return &pipeline.SASL{
		Mechanism: c.Mechanism, Username: c.Username, Password: l.secret(b, "password", c.Password),
		Token: l.secret(b, "token", c.Token), TokenURL: c.TokenURL, TokenCA: file(c.TokenCA),
		ClientID: c.ClientID, ClientSecret: l.secret(b, "client_secret", c.ClientSecret),
		Scopes: c.Scopes, Parameters: c.Parameters, Extensions: c.Extensions,
		AccessKey: c.AccessKey, SecretKey: l.secret(b, "secret_key", c.SecretKey), SessionToken: l.secret(b, "session_token", c.SessionToken),
		Realm: c.Realm, Service: c.Service, Keytab: file(c.Keytab), Krb5Conf: file(c.Krb5Conf),
	}
}

// conceal keeps a secret that stands in the file out of messages that show its
// line.
func (l *loader) conceal(b *block, name string) {
	if a := b.Body.Attributes[name]; a != nil && !l.outside(a.Expr) {
		b.text.concealed = append(b.text.concealed, a.Expr.Range())
	}
}

// hush takes secrets that stand in the file out of messages from a place on.
func (l *loader) hush(b *block, from int) {
	for i := from; i < len(l.diags); i++ {
		for _, r := range b.text.concealed {
			d := &l.diags[i]
			if d.Range.Filename == b.text.name && r.Start.Byte <= d.Range.Start.Byte && d.Range.Start.Byte < r.End.Byte {
				d.Detail, d.Hint = quoted.ReplaceAllLiteralString(d.Detail, "(hidden)"), ""
			}
		}
	}
}

// secret returns the value of an option that must not stand in the file. That of
// a file is read when it is needed, so that it can be changed.
func (l *loader) secret(b *block, name, value string) pipeline.Secret {
	a := b.Body.Attributes[name]
	if a == nil || b.bad[name] {
		return pipeline.Secret{}
	}
	if !l.outside(a.Expr) {
		b.bad[name] = true
		l.report(b.text, a.NameRange, Diagnostic{
			Summary: "Secret in the file", Detail: fmt.Sprintf("The value of %s must not stand in a configuration.", quote(name)),
			Hint: `write env("NAME") for a variable of the environment, or file("PATH")`,
		})
		return pipeline.Secret{}
	}
	if value == "" {
		l.invalid(b, name, "It is empty.", "")
		return pipeline.Secret{}
	}
	if path := l.secretFile(b, a.Expr); path != "" {
		return pipeline.SecretFile(relative(b.text.name, path))
	}
	return pipeline.NewSecret(value)
}

// secretFile returns the path of an expression that is one call of file, "" for
// any other.
func (l *loader) secretFile(b *block, e hclsyntax.Expression) string {
	call, ok := bare(e).(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "file" || len(call.Args) != 1 {
		return ""
	}
	v, ok := l.evaluate(b, call.Args[0])
	if !ok || v.IsNull() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

// mechanismOptions are the options of a mechanism: those it needs, and those it
// may have.
func mechanismOptions(mechanism string) (needs, may []string) {
	switch mechanism {
	case pipeline.OAuthBearer:
		return nil, []string{"token", "token_url", "token_ca", "client_id", "client_secret", "scopes", "parameters", "extensions"}
	case pipeline.MSKIAM:
		return []string{"access_key", "secret_key"}, []string{"session_token"}
	case pipeline.Kerberos:
		return []string{"username", "realm"}, []string{"password", "keytab", "service", "krb5_conf"}
	}
	return []string{"username", "password"}, nil
}

// credentials checks that a mechanism has the options it needs, and no other.
func (l *loader) credentials(b *block, c *saslBlock) {
	needs, may := mechanismOptions(c.Mechanism)
	has := func(name string) bool { return b.Body.Attributes[name] != nil }
	switch c.Mechanism {
	case pipeline.OAuthBearer:
		needs = append(needs, l.tokenOptions(b, c)...)
	case pipeline.Kerberos:
		if has("password") == has("keytab") {
			l.reportHeader(b, Diagnostic{
				Summary: "Credentials not clear", Detail: "Kerberos needs one of \"keytab\" and \"password\".", Hint: `for example keytab = "feedgauge.keytab"`,
			})
		}
	}
	for _, name := range needs {
		if !has(name) {
			l.reportHeader(b, Diagnostic{Summary: "Missing option", Detail: fmt.Sprintf("The mechanism %s needs the option %s.", c.Mechanism, quote(name))})
		} else if f := fieldNamed(c, name); f.Kind() == reflect.String && f.String() == "" && !b.bad[name] && !slices.Contains(secretOptions(), name) {
			l.invalid(b, name, "It is empty.", "")
		}
	}
	for _, a := range sorted(b.Body.Attributes) {
		known := optionNamed(c, a.Name) && a.Name != "mechanism"
		if known && !slices.Contains(needs, a.Name) && !slices.Contains(may, a.Name) {
			l.report(b.text, a.NameRange, Diagnostic{
				Summary: "Option of another mechanism", Detail: fmt.Sprintf("The mechanism %s has no option %s.", c.Mechanism, quote(a.Name)),
				Hint: "its options are: " + strings.Join(append(needs, may...), ", "),
			})
		}
	}
}

// tokenOptions returns what a bearer token needs, by where it comes from.
func (l *loader) tokenOptions(b *block, c *saslBlock) []string {
	switch held, asked := b.Body.Attributes["token"] != nil, b.Body.Attributes["token_url"] != nil; {
	case held == asked:
		l.reportHeader(b, Diagnostic{
			Summary: "Credentials not clear", Detail: "The mechanism oauthbearer needs one of \"token_url\" and \"token\".",
			Hint: `for example token_url = "https://id.example/oauth2/token"`,
		})
		return nil
	case held:
		return []string{"token"}
	}
	if why := badTokenURL(c.TokenURL); why != "" && !b.bad["token_url"] {
		l.invalid(b, "token_url", why, `for example "https://id.example/oauth2/token"`)
	}
	return []string{"token_url", "client_id", "client_secret"}
}

// badTokenURL says why no secret may be sent to an address.
func badTokenURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "It is no address of the web."
	}
	ip := net.ParseIP(u.Hostname())
	switch local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback(); {
	case u.User != nil:
		return "An address must not hold credentials."
	case u.Scheme == "https", u.Scheme == "http" && local:
		return ""
	}
	return "The client's secret would be sent without encryption."
}

func optionNamed(cfg any, name string) bool { return fieldNamed(cfg, name).IsValid() }

// fieldNamed returns the field of an option, the zero Value if there is none.
func fieldNamed(cfg any, name string) reflect.Value {
	v := reflect.ValueOf(cfg).Elem()
	for _, o := range optionsOf(v.Type()) {
		if o.name == name {
			return v.FieldByIndex(o.index)
		}
	}
	return reflect.Value{}
}
