package kafka

import (
	"context"
	"errors"
	"fmt"

	krb5 "github.com/jcmturner/gokrb5/v8/client"
	krb5config "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/aws"
	"github.com/twmb/franz-go/pkg/sasl/kerberos"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// mechanism returns what signs in to brokers. Secrets are revealed for each
// connection anew.
func mechanism(s pipeline.SASL) sasl.Mechanism {
	switch s.Mechanism {
	case pipeline.Plain:
		return signIn{s.Mechanism, plain.Plain(func(context.Context) (plain.Auth, error) {
			pass, err := s.Password.Reveal()
			return plain.Auth{User: s.Username, Pass: pass}, err
		})}
	case pipeline.ScramSHA256:
		return signIn{s.Mechanism, scram.Sha256(scramAuth(s))}
	case pipeline.ScramSHA512:
		return signIn{s.Mechanism, scram.Sha512(scramAuth(s))}
	case pipeline.OAuthBearer:
		return signIn{s.Mechanism, oauth.Oauth(newTokens(s).auth)}
	case pipeline.MSKIAM:
		return signIn{s.Mechanism, aws.ManagedStreamingIAM(awsAuth(s))}
	case pipeline.Kerberos:
		return signIn{s.Mechanism, kerberos.Kerberos(kerberosAuth(s))}
	}
	return signIn{s.Mechanism, unknownMechanism(s.Mechanism)}
}

func scramAuth(s pipeline.SASL) func(context.Context) (scram.Auth, error) {
	return func(context.Context) (scram.Auth, error) {
		pass, err := s.Password.Reveal()
		return scram.Auth{User: s.Username, Pass: pass}, err
	}
}

func awsAuth(s pipeline.SASL) func(context.Context) (aws.Auth, error) {
	return func(context.Context) (aws.Auth, error) {
		key, errKey := s.SecretKey.Reveal()
		token, errToken := s.SessionToken.Reveal()
		return aws.Auth{AccessKey: s.AccessKey, SecretKey: key, SessionToken: token, UserAgent: ClientID}, errors.Join(errKey, errToken)
	}
}

// kerberosAuth makes a Kerberos client for one exchange, which ends it.
func kerberosAuth(s pipeline.SASL) func(context.Context) (kerberos.Auth, error) {
	return func(context.Context) (kerberos.Auth, error) {
		conf, err := krb5config.Load(s.Krb5Conf)
		if err != nil {
			return kerberos.Auth{}, fmt.Errorf("reading %q: %w", s.Krb5Conf, err)
		}
		auth := kerberos.Auth{Service: s.Service}
		if s.Keytab != "" {
			keys, err := keytab.Load(s.Keytab)
			if err != nil {
				return auth, fmt.Errorf("reading keytab %q: %w", s.Keytab, err)
			}
			auth.Client = krb5.NewWithKeytab(s.Username, s.Realm, keys, conf)
			return auth, nil
		}
		pass, err := s.Password.Reveal()
		auth.Client = krb5.NewWithPassword(s.Username, s.Realm, pass, conf)
		return auth, err
	}
}

// signIn names the mechanism in errors of the sign-in itself.
type signIn struct {
	name string
	sasl.Mechanism
}

// Authenticate implements sasl.Mechanism.
func (m signIn) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	session, first, err := m.Mechanism.Authenticate(ctx, host)
	if err != nil {
		return nil, nil, &signInError{m.name, err}
	}
	return exchange{m.name, session}, first, nil
}

// exchange names the mechanism in errors of what follows.
type exchange struct {
	name string
	sasl.Session
}

// Challenge implements sasl.Session.
func (e exchange) Challenge(answer []byte) (done bool, next []byte, err error) {
	if done, next, err = e.Session.Challenge(answer); err != nil {
		err = &signInError{e.name, err}
	}
	return done, next, err
}

// signInError means that we could not say who we are, or that the broker's answers to it
// make no sense.
type signInError struct {
	mechanism string
	err       error
}

func (e *signInError) Error() string { return "signing in by " + e.mechanism + ": " + e.err.Error() }
func (e *signInError) Unwrap() error { return e.err }

// unknownMechanism stands for one that a program asked for which does not exist.
type unknownMechanism string

func (m unknownMechanism) Name() string { return string(m) }

func (m unknownMechanism) Authenticate(context.Context, string) (sasl.Session, []byte, error) {
	return nil, nil, fmt.Errorf("there is no mechanism %q", string(m))
}
