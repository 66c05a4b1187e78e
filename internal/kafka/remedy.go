package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Remedy says what to do about an error of a connection or a missing right, ""
// where nothing better is known than the error itself.
func Remedy(err error) string {
	if err == nil {
		return ""
	}
	for _, find := range []func(error) string{ownRemedy, tlsRemedy, answerRemedy, closedRemedy, silentRemedy} {
		if r := find(err); r != "" {
			return r
		}
	}
	return ""
}

// Advised returns err with its remedy, for people to read.
func Advised(err error) error {
	if r := Remedy(err); r != "" {
		return fmt.Errorf("%w; %s", err, r)
	}
	return err
}

// Denied reports whether err is that the cluster does not let us in, or not do
// what we ask. Somebody has to change something, and nothing tells when.
func Denied(err error) bool {
	if err == nil {
		return false
	}
	var sign *signInError
	var expired *expiredError
	return errors.As(err, &sign) || errors.As(err, &expired) || signInRefused(err) || notAllowed(err) || tlsRemedy(err) != "" || closedRemedy(err) != ""
}

// ownRemedy is for what failed on our side of the connection.
func ownRemedy(err error) string {
	var expired *expiredError
	var sign *signInError
	var token *tokenError
	switch {
	case errors.As(err, &expired):
		return "renew it in place; it is read anew for each connection"
	case errors.As(err, &token):
		return "check token_url, client_id and client_secret in sasl"
	case errors.As(err, &sign):
		return "check the sasl block; its files are read anew for each connection"
	}
	return ""
}

func tlsRemedy(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	text := err.Error()
	switch {
	case errors.As(err, &authority):
		return "if the broker is the right one, name the authority that signed its certificate: tls { ca = \"FILE\" }"
	case errors.As(err, &host):
		return "address the broker by a name in its certificate, or say which one it has: tls { server_name = \"NAME\" }"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the broker's certificate has to be renewed, or a clock is wrong"
	case errors.As(err, &record):
		return "this port speaks no TLS: use the broker's TLS port, or remove the tls block"
	case strings.Contains(text, "remote error: tls: expired certificate"):
		return "the broker takes our certificate for expired: renew tls { cert } in place, or a clock is wrong"
	case strings.Contains(text, "remote error: tls: certificate required"):
		return "the broker wants a certificate of ours: tls { cert = \"FILE\" and key = \"FILE\" }"
	case strings.Contains(text, "remote error: tls: "):
		return "the broker refuses our certificate, or wants one that it does not get: check tls { cert } and that the broker trusts who signed it"
	}
	return ""
}

func signInRefused(err error) bool {
	return errors.Is(err, kerr.SaslAuthenticationFailed) || errors.Is(err, kerr.UnsupportedSaslMechanism) ||
		errors.Is(err, kerr.IllegalSaslState) || errors.Is(err, kerr.SecurityDisabled)
}

func notAllowed(err error) bool {
	return errors.Is(err, kerr.TopicAuthorizationFailed) || errors.Is(err, kerr.GroupAuthorizationFailed) ||
		errors.Is(err, kerr.TransactionalIDAuthorizationFailed) || errors.Is(err, kerr.ClusterAuthorizationFailed)
}

func answerRemedy(err error) string {
	const rights = "\"feedgauge doctor\" names the ACL that is missing, \"feedgauge topics\" prints all"
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		return "check user and secret in the sasl block, and that the broker knows them for this mechanism"
	case errors.Is(err, kerr.UnsupportedSaslMechanism):
		return "choose a mechanism that the broker has enabled: sasl { mechanism = ... }"
	case errors.Is(err, kerr.IllegalSaslState):
		return "this port wants no sign-in, or another kind: check the port and the sasl block"
	case notAllowed(err):
		return rights
	}
	return ""
}

// closedRemedy is for a far end that does not speak as we do: it hangs up, or
// sends what is no answer.
func closedRemedy(err error) string {
	var first *kgo.ErrFirstReadEOF
	switch text := err.Error(); {
	case errors.As(err, &first) && strings.Contains(text, "immediately after a dial"):
		return "this port speaks no TLS: use the broker's TLS port, or remove the tls block"
	case errors.As(err, &first):
		return "the broker hung up on our first words: often its port wants TLS or SASL that is not configured, or none that is"
	case strings.Contains(text, "appear to be a tls alert record"):
		return "this port wants TLS: add a tls block to kafka"
	case strings.Contains(text, "invalid large response size"), strings.Contains(text, "invalid negative response size"), strings.Contains(text, "correlation ID mismatch"),
		strings.Contains(text, "did not contain enough data to be valid"):
		return "what answers there is no Kafka broker, or wants TLS: check the address and port"
	}
	return ""
}

// silentRemedy is for a far end that is not there, or says nothing, or not all of it:
// it may be busy, or going down or coming up just now.
func silentRemedy(err error) string {
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		return "the name of the broker is not known here: check the address, and the names that brokers give of themselves (advertised.listeners)"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody listens there: start the broker, or check the address and port"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the far end hung up: if this stays, check the address and port, and what lies in between"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "nobody answers there: if this stays, check the address and port, and firewalls; a port that wants TLS may keep silent, too"
	}
	return ""
}
