package message

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// patience is how long a server may take for one message.
const patience = 30 * time.Second

// errRefused: the server will not take this mail, however often it is tried.
var errRefused = errors.New("邮件服务器不收")

// post hands a mail to the server. id makes its Message-ID: who gets it twice can tell.
func (m *Mail) post(ctx context.Context, to string, letter []byte) error {
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return err
	}
	c, err := m.dial(ctx)
	if err != nil {
		return told(err, "邮件服务器 "+m.Server)
	}
	defer c.Close()
	if err := c.Mail(from.Address); err != nil {
		return told(err, "邮件服务器不让 "+from.Address+" 发信")
	}
	if err := hand(c, to, letter); err != nil {
		var no *textproto.Error
		if errors.As(err, &no) && no.Code >= 550 {
			return fmt.Errorf("%w寄给 %s 的信：%d %s", errRefused, to, no.Code, oneLine(no.Msg))
		}
		return told(err, "邮件服务器没有收下寄给 "+to+" 的信")
	}
	c.Quit() //nolint:errcheck // the server has taken it
	return nil
}

// dial connects as the settings say and signs in.
func (m *Mail) dial(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.Server)
	if err != nil {
		return nil, err
	}
	c, err := m.greet(ctx, conn, host)
	if err != nil {
		conn.Close()
	}
	return c, err
}

func (m *Mail) greet(ctx context.Context, conn net.Conn, host string) (*smtp.Client, error) {
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return nil, err
		}
	}
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: m.roots}
	if m.TLS == "tls" {
		x := tls.Client(conn, conf)
		if err := x.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = x
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, err
	}
	if m.TLS == "starttls" {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return nil, errors.New("不提供 STARTTLS 加密，没有发：465 端口多为 tls，内网不加密的服务器写 none")
		}
		if err := c.StartTLS(conf); err != nil {
			return nil, err
		}
	}
	if m.User != "" {
		if err := c.Auth(m.auth(c, host)); err != nil {
			return nil, fmt.Errorf("不认用户名 %s 和口令：%w", m.User, err)
		}
	}
	return c, nil
}

// hand gives a letter over; it is taken when there is no error.
func hand(c *smtp.Client, to string, letter []byte) error {
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(letter); err != nil {
		return err
	}
	return w.Close()
}

// auth is PLAIN, or LOGIN for servers that offer nothing else.
func (m *Mail) auth(c *smtp.Client, host string) smtp.Auth {
	if _, how := c.Extension("AUTH"); strings.Contains(how, "LOGIN") && !strings.Contains(how, "PLAIN") {
		return &login{m.User, m.password}
	}
	return smtp.PlainAuth("", m.User, m.password, host)
}

// login is the older way: the server asks for the name, then for the password. Only inside TLS: Mail.check sees to that.
type login struct{ user, password string }

func (l *login) Start(s *smtp.ServerInfo) (string, []byte, error) {
	if !s.TLS {
		return "", nil, errors.New("连接没有加密")
	}
	return "LOGIN", nil, nil
}

func (l *login) Next(asked []byte, more bool) ([]byte, error) {
	switch {
	case !more:
		return nil, nil
	case strings.HasPrefix(strings.ToLower(string(asked)), "user"):
		return []byte(l.user), nil
	case strings.HasPrefix(strings.ToLower(string(asked)), "pass"):
		return []byte(l.password), nil
	}
	return nil, fmt.Errorf("邮件服务器问的看不懂：%q", asked)
}

// letter writes a message as a mail in UTF-8.
func (s *Settings) letter(id, to string, m *store.Message) []byte {
	from, _ := mail.ParseAddress(s.Mail.From) // it was checked
	_, domain, _ := strings.Cut(from.Address, "@")
	body := m.Body
	if s.Site != "" && m.Link != "" {
		body += "\n\n打开：" + s.Site + m.Link
	}
	body += "\n\n这是系统发出的，请不要回复。要哪些邮件，在控制台“消息”里选。\n"
	var b bytes.Buffer
	for _, h := range [][2]string{{"From", from.String()}, {"To", (&mail.Address{Address: to}).String()}, {"Subject", mime.BEncoding.Encode("UTF-8", "【明鉴】"+oneLine(m.Title))},
		{"Date", store.Moment(m.At).Format(time.RFC1123Z)}, {"Message-ID", fmt.Sprintf("<%s@%s>", digest(id), domain)}, {"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"}, {"Content-Type", `text/plain; charset="UTF-8"`}, {"Content-Transfer-Encoding", "base64"}} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(body))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return b.Bytes()
}

// oneLine keeps a text from becoming more headers than one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
