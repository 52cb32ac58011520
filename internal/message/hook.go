package message

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// Headers of a call. The signature is HMAC-SHA256 over the time, a point and the body.
const (
	HeaderID        = "X-Mingjian-Id"
	HeaderTime      = "X-Mingjian-Timestamp"
	HeaderSignature = "X-Mingjian-Signature"
)

// call is what a program is told: what happened and where, nothing of what the message says.
type call struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	Admdvs string `json:"admdvs"`
	Inst   string `json:"fixmedins_code"`
	At     string `json:"at"`
	Link   string `json:"link"`
}

// Sign is the signature of a body at a time.
func Sign(secret []byte, at string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(at + "."))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

func digest(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:16])
}

// call tells a program. An answer of 2xx is taken for received; nothing is followed and nothing of an answer is kept but its number.
func (h *Hook) call(ctx context.Context, id, site string, m *store.Message, now time.Time) error {
	body, err := json.Marshal(call{digest(id), m.Kind, m.Title, m.Admdvs, m.Inst, store.Moment(m.At).Format(time.RFC3339), site + m.Link})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	at := strconv.FormatInt(now.Unix(), 10)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "mingjian")
	r.Header.Set(HeaderID, digest(id))
	r.Header.Set(HeaderTime, at)
	r.Header.Set(HeaderSignature, Sign(h.secret, at, body))
	x, err := h.client().Do(r)
	if err != nil {
		return told(err, "程序 "+h.Name+"（"+h.Where()+"）")
	}
	defer x.Body.Close()
	io.Copy(io.Discard, io.LimitReader(x.Body, 64<<10)) //nolint:errcheck // what it says is not asked for
	if x.StatusCode >= 300 && x.StatusCode < 400 {
		return fmt.Errorf("对方答 %d，要转到别的地址，没有跟去：请在 messages.json 里写最后的地址", x.StatusCode)
	}
	if x.StatusCode < 200 || x.StatusCode > 299 {
		return fmt.Errorf("对方答 %d", x.StatusCode)
	}
	return nil
}

// client connects to the host of the settings and to nothing else: no proxy, no redirect, and no address that a name in the settings must not lead to.
func (h *Hook) client() *http.Client {
	u, _ := url.Parse(h.URL) // it was checked
	literal, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || (err == nil && literal.IsLoopback())
	d := &net.Dialer{Timeout: patience, Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return err
		}
		if ip = ip.Unmap(); ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || (ip.IsLoopback() && !local) {
			return fmt.Errorf("%s 指到了不许连接的地址 %s", u.Hostname(), ip)
		}
		return nil
	}}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: d.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: h.roots}, DisableKeepAlives: true}}
}
