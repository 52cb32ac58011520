package message_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
)

// post is a mail server.
type post struct {
	refuse int         // it refuses so many at first, for the time being
	never  string      // it never takes mail for this address
	tls    *tls.Config // nil = it knows no TLS
	first  bool        // TLS from the first byte, otherwise STARTTLS
	auth   string      // the way of signing in that it offers; "" = none
	mute   bool        // it takes connections and says nothing

	mu      sync.Mutex
	letters []*mail.Message
	bodies  []string
	signed  []string // names and passwords that it was told
	clear   bool     // something besides EHLO and STARTTLS was said before TLS
}

func (p *post) serve(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if p.first {
				c = tls.Server(c, p.tls)
			}
			go p.talk(c)
		}
	}()
	return l.Addr().String()
}

// subject is that of a letter.
func (p *post) subject(t *testing.T, n int) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if n >= len(p.letters) {
		return ""
	}
	s, err := new(mime.WordDecoder).DecodeHeader(p.letters[n].Header.Get("Subject"))
	if err != nil {
		t.Error(err)
	}
	return s
}

func (p *post) talk(c net.Conn) {
	defer func() { c.Close() }()
	if p.mute {
		io.Copy(io.Discard, c)
		return
	}
	r := bufio.NewReader(c)
	say := func(s string) { io.WriteString(c, s+"\r\n") }
	line := func() string {
		s, err := r.ReadString('\n')
		if err != nil {
			return ""
		}
		return strings.TrimRight(s, "\r\n") + "\n"
	}
	decoded := func(s string) string {
		b, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
		return string(b)
	}
	say("220 mail")
	for {
		s := line()
		if s == "" {
			return
		}
		verb := strings.ToUpper(strings.TrimSpace(s[:min(4, len(s))]))
		p.mu.Lock()
		_, safe := c.(*tls.Conn)
		p.clear = p.clear || (!safe && p.tls != nil && verb != "EHLO" && verb != "STAR")
		p.mu.Unlock()
		switch verb {
		case "EHLO":
			say("250-mail")
			if p.tls != nil && !safe {
				say("250-STARTTLS")
			}
			if p.auth != "" {
				say("250-AUTH " + p.auth)
			}
			say("250 ok")
		case "STAR":
			say("220 go on")
			c = tls.Server(c, p.tls)
			r = bufio.NewReader(c)
		case "AUTH":
			var told string
			if p.auth == "LOGIN" {
				say("334 " + base64.StdEncoding.EncodeToString([]byte("Username:")))
				told = decoded(line())
				say("334 " + base64.StdEncoding.EncodeToString([]byte("Password:")))
				told += " " + decoded(line())
			} else {
				told = strings.ReplaceAll(strings.TrimPrefix(decoded(strings.Fields(s)[2]), "\x00"), "\x00", " ")
			}
			p.mu.Lock()
			p.signed = append(p.signed, told)
			p.mu.Unlock()
			if told != "jian secret-of-mail" {
				say("535 5.7.8 bad credentials")
				continue
			}
			say("235 ok")
		case "HELO", "RSET", "MAIL":
			say("250 ok")
		case "RCPT":
			p.mu.Lock()
			no := p.refuse > 0
			p.refuse--
			p.mu.Unlock()
			switch {
			case no:
				say("451 later")
			case p.never != "" && strings.Contains(s, p.never):
				say("550 5.1.1 no such user")
			default:
				say("250 ok")
			}
		case "DATA":
			say("354 go on")
			var b strings.Builder
			for l := line(); l != ".\n"; l = line() {
				if l == "" {
					return
				}
				b.WriteString(l)
			}
			if m, err := mail.ReadMessage(strings.NewReader(b.String())); err == nil {
				text, _ := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
				p.mu.Lock()
				p.letters, p.bodies = append(p.letters, m), append(p.bodies, string(text))
				p.mu.Unlock()
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("500 what")
		}
	}
}

// certificate makes one that signs itself, for an address, and writes it where settings can name it.
func certificate(t *testing.T, dir, name string, ip net.IP, from, to time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "内网邮件"}, NotBefore: from, NotAfter: to, IPAddresses: []net.IP{ip}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestMailIsEncrypted: with TLS from the first byte and with STARTTLS, under a certificate of one's own, a mail arrives, the password is said to nobody in the clear,
// and both ways of signing in work.
func TestMailIsEncrypted(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"tls PLAIN", "tls LOGIN", "starttls PLAIN LOGIN", "starttls LOGIN", "starttls"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			o := begin(t)
			how, auth, _ := strings.Cut(way, " ")
			p := &post{tls: &tls.Config{Certificates: []tls.Certificate{certificate(t, o.dir, "ca.pem", net.IPv4(127, 0, 0, 1), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))}}, first: how == "tls", auth: auth}
			user := ""
			if auth != "" {
				user = `"user":"jian","password_file":"pw",`
				if err := os.WriteFile(filepath.Join(o.dir, "pw"), []byte("secret-of-mail\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			o.settings(fmt.Sprintf(`{"mail":{"server":%q,"tls":%q,%s"from":"明鉴 <jian@ybj.example>","ca_file":"ca.pem"}}`, p.serve(t), how, user))
			s := &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: "a"}
			if err := s.Test(ctx, store.WayMail, "a@ybj.example"); err != nil {
				t.Fatal(err)
			}
			if p.subject(t, 0) != "【明鉴】这是一条测试消息" || p.clear || (auth != "" && len(p.signed) != 1) {
				t.Errorf("%q, in the clear %v, signed in %q", p.subject(t, 0), p.clear, p.signed)
			}
		})
	}
}

// TestWhyAMailDidNotGo: what is wrong with a server is said in Chinese with what to do, and nothing is sent to one that is not who it should be.
func TestWhyAMailDidNotGo(t *testing.T) {
	t.Parallel()
	now := time.Now()
	own := net.IPv4(127, 0, 0, 1)
	for name, x := range map[string]struct {
		ip       net.IP
		from, to time.Time
		ca       string // the settings' ca_file
		how      string
		p        *post
		want     []string
	}{
		"unknown":      {own, now.Add(-time.Hour), now.Add(time.Hour), "", "tls", &post{first: true}, []string{"不是本机信任的机构签发的", "内网邮件", "ca_file"}},
		"unknown, 587": {own, now.Add(-time.Hour), now.Add(time.Hour), "", "starttls", &post{}, []string{"不是本机信任的机构签发的", "ca_file"}},
		"expired":      {own, now.Add(-48 * time.Hour), now.Add(-24 * time.Hour), "ca.pem", "tls", &post{first: true}, []string{"不在有效期内", now.Add(-24 * time.Hour).In(time.FixedZone("", 8*3600)).Format(time.DateOnly)}},
		"of another":   {net.IPv4(127, 0, 0, 9), now.Add(-time.Hour), now.Add(time.Hour), "ca.pem", "starttls", &post{}, []string{"不是发给 127.0.0.1 的", "127.0.0.9"}},
		"no TLS":       {own, now, now, "", "starttls", &post{}, []string{"不提供 STARTTLS"}},
		"in the clear": {own, now, now, "", "tls", &post{}, []string{"没有用 TLS 应答"}},
		"mute":         {own, now, now, "", "none", &post{mute: true}, []string{"到时间没有应答"}},
		"mute, TLS":    {own, now, now, "", "tls", &post{mute: true}, []string{"到时间没有应答"}},
		"password":     {own, now.Add(-time.Hour), now.Add(time.Hour), "ca.pem", "tls", &post{first: true, auth: "PLAIN"}, []string{"不认用户名 jian", "535"}},
		"nobody":       {own, now, now, "", "none", &post{never: "a@ybj.example"}, []string{"不收", "a@ybj.example", "550"}},
		"later":        {own, now, now, "", "none", &post{refuse: 1}, []string{"没有收下", "451 later"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := begin(t)
			if x.to.After(x.from) {
				x.p.tls = &tls.Config{Certificates: []tls.Certificate{certificate(t, o.dir, "ca.pem", x.ip, x.from, x.to)}}
			}
			more := ""
			if x.ca != "" {
				more = `,"ca_file":"` + x.ca + `"`
			}
			if x.p.auth != "" {
				more += `,"user":"jian","password_file":"pw"`
				if err := os.WriteFile(filepath.Join(o.dir, "pw"), []byte("wrong"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			o.settings(fmt.Sprintf(`{"mail":{"server":%q,"tls":%q,"from":"jian@ybj.example"%s}}`, x.p.serve(t), x.how, more))
			s := &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: "a"}
			if x.p.mute {
				s.Patience = 300 * time.Millisecond
			}
			err := s.Test(ctx, store.WayMail, "a@ybj.example")
			if err == nil {
				t.Fatal("it went out")
			}
			for _, w := range x.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
			if len(x.p.letters) != 0 {
				t.Errorf("%d letters", len(x.p.letters))
			}
		})
	}
	o := begin(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody is there any more
	o.settings(fmt.Sprintf(`{"mail":{"server":%q,"tls":"none","from":"jian@ybj.example"}}`, l.Addr()))
	if err := (&message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }}).Test(context.Background(), store.WayMail, "a@ybj.example"); err == nil || !strings.Contains(err.Error(), "拒绝连接") {
		t.Error(err)
	}
}

// TestRefusedForGood: a mail that the server will never take is not tried again; the administrator sees why.
func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	o := begin(t)
	p := &post{never: "jing@ybj.example"}
	o.settings(fmt.Sprintf(`{"mail":{"server":%q,"tls":"none","from":"jian@ybj.example"}}`, p.serve(t)))
	o.update(func(tx *store.Tx) error {
		return tx.SetMessagePerson(&store.MessagePerson{Login: "jing", Mail: "jing@ybj.example", MailOn: message.ImportBad})
	})
	o.happen()
	o.gather()
	s := &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: "a", Now: func() time.Time { return noon }}
	if n, err := s.Work(ctx); n != 0 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	if xs := o.sends(store.SendFailed); len(xs) != 1 || xs[0].Tries != 1 || !strings.Contains(xs[0].Said, "550") {
		t.Errorf("%+v", xs)
	}
}
