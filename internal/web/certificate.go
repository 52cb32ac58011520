package web

import (
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
)

// certificate is read again on SIGHUP, so that a renewed one needs no restart.
type certificate struct {
	cert, key string
	now       atomic.Pointer[tls.Certificate]
}

func (c *certificate) load() error {
	if c.cert == "" {
		return nil
	}
	x, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("证书 %s 或私钥 %s 读不了：%w", c.cert, c.key, err)
	}
	c.now.Store(&x)
	return nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if x := c.now.Load(); x != nil {
		return x, nil
	}
	return nil, errors.New("no certificate")
}
