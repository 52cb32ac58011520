package message

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"syscall"
	"time"
)

// failure is why something did not go out, as an administrator reads it. Errors of other libraries are English and say nothing of what to do.
type failure struct {
	said string
	err  error
}

func (f *failure) Error() string { return f.said }
func (f *failure) Unwrap() error { return f.err }

// told says of whom an error is, and in words what it was where that is known.
func told(err error, whom string) error {
	return &failure{whom + "：" + words(err), err}
}

func words(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		dns     *net.DNSError
		answer  *textproto.Error
	)
	switch {
	case errors.As(err, &unknown):
		return "证书不是本机信任的机构签发的" + issuer(unknown.Cert) + "，没有发；内网自签的，在 messages.json 里用 ca_file 写明签发机构的证书"
	case errors.As(err, &name):
		return fmt.Sprintf("证书不是发给 %s 的（是发给 %s 的），没有发；请把地址写成证书上的名字", name.Host, owners(name.Certificate))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("证书不在有效期内（%s 至 %s），没有发；请换证书，或核对本机时间", date(invalid.Cert.NotBefore), date(invalid.Cert.NotAfter))
	case errors.As(err, &invalid):
		return "证书不合用，没有发：" + invalid.Error()
	case errors.As(err, &record):
		return "没有用 TLS 应答：端口或加密方式不对（465 端口多为 tls，587、25 多为 starttls）"
	case errors.As(err, &dns):
		return "找不到主机 " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		return "拒绝连接：地址或端口不对，或者服务没有开"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "到时间没有应答"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "没有答完就断开了"
	case errors.As(err, &answer) && err == error(answer):
		return fmt.Sprintf("答 %d %s", answer.Code, oneLine(answer.Msg))
	}
	return err.Error()
}

func issuer(c *x509.Certificate) string {
	if c == nil || c.Issuer.String() == "" {
		return ""
	}
	return "（签发者 " + c.Issuer.String() + "）"
}

// owners are the names and addresses that a certificate is for.
func owners(c *x509.Certificate) string {
	all := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return "没有写名字"
	}
	return strings.Join(all, "、")
}

func date(t time.Time) string { return t.In(china).Format(time.DateOnly) }
