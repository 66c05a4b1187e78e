package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// dialTimeout bounds one connection, with its TLS handshake.
const dialTimeout = 10 * time.Second

// Options returns the client options of a cluster: how connections are encrypted,
// who we are, and where we stand. Certificates and secrets are read when they are
// needed, so a file that is missing shows in the error of a connection, and its
// renewal in the next one.
func Options(k pipeline.Kafka) []kgo.Opt {
	var opts []kgo.Opt
	if k.Rack != "" {
		opts = append(opts, kgo.Rack(k.Rack))
	}
	if k.TLS != nil {
		opts = append(opts, kgo.Dialer((&tlsDialer{tls: *k.TLS}).dial))
	}
	if k.SASL != nil {
		opts = append(opts, kgo.SASL(mechanism(*k.SASL)))
	}
	return opts
}

// tlsDialer makes encrypted connections, with the files as they are then.
type tlsDialer struct {
	tls pipeline.TLS

	mu   sync.Mutex
	last *tls.Certificate // that could be read; files may be half renewed
}

func (d *tlsDialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	cfg, err := d.config(time.Now())
	if err != nil {
		return nil, err
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: cfg}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return dialer.DialContext(ctx, network, addr)
}

func (d *tlsDialer) config(now time.Time) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: d.tls.ServerName}
	if d.tls.CA != "" {
		pool, err := authorities(d.tls.CA)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = pool
	}
	if d.tls.Cert != "" {
		cert, err := d.certificate(now)
		if err != nil {
			return nil, err
		}
		cfg.Certificates = []tls.Certificate{*cert}
	}
	return cfg, nil
}

// authorities reads the certificates of a file in PEM.
func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the authorities to trust cannot be read: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("the authorities to trust, %q, hold no certificate in PEM", file)
	}
	return pool, nil
}

// certificate reads our own certificate. Certificate and key are two files, so
// somebody who renews them may have written one only; the pair before serves until
// both fit.
func (d *tlsDialer) certificate(now time.Time) (*tls.Certificate, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	cert, err := tls.LoadX509KeyPair(d.tls.Cert, d.tls.Key)
	switch {
	case err == nil:
		d.last = &cert
	case d.last == nil:
		return nil, fmt.Errorf("our certificate %q with key %q cannot be read: %w", d.tls.Cert, d.tls.Key, err)
	}
	if end := d.last.Leaf.NotAfter; now.After(end) {
		return nil, &expiredError{file: d.tls.Cert, end: end}
	}
	return d.last, nil
}

// expiredError means that our own certificate is of no use any more.
type expiredError struct {
	file string
	end  time.Time
}

func (e *expiredError) Error() string {
	return fmt.Sprintf("our certificate %q has expired, on %s", e.file, e.end.UTC().Format(time.RFC3339))
}
