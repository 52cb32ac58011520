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
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// patience is how long a server may take for one message.
const patience = 30 * time.Second

// post hands a mail to the server. id makes its Message-ID: who gets it twice can tell.
func (m *Mail) post(ctx context.Context, id, to string, letter []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	host, _, err := net.SplitHostPort(m.Server)
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.Server)
	if err != nil {
		return err
	}
	defer conn.Close()
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return err
		}
	}
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: m.roots}
	if m.TLS == "tls" {
		conn = tls.Client(conn, conf)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	defer c.Close()
	if m.TLS == "starttls" {
		if err := c.StartTLS(conf); err != nil {
			return fmt.Errorf("邮件服务器不能加密（STARTTLS）：%w", err)
		}
	}
	if m.User != "" {
		if err := c.Auth(m.auth(c, host)); err != nil {
			return fmt.Errorf("邮件服务器不认用户名口令：%w", err)
		}
	}
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return err
	}
	if err := c.Mail(from.Address); err != nil {
		return err
	}
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
	if err := w.Close(); err != nil {
		return err
	}
	c.Quit() //nolint:errcheck // the server has taken it
	return nil
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
