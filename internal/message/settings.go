package message

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/store"
)

// FileName is the settings' file in a data directory; without it messages are on the site only. It names files or variables that hold secrets, never a secret.
const FileName = "messages.json"

// Settings say by which ways messages go out. Only who may write the data directory can name a server: nothing that a user enters is ever connected to.
type Settings struct {
	Site  string `json:"site"`  // the console's address for links, https://…; "" = none in mails
	Mail  *Mail  `json:"mail"`  // nil = no mail
	Hooks []Hook `json:"hooks"` // programs that are told
}

// Mail is the server that takes mails.
type Mail struct {
	Server       string   `json:"server"` // host:port
	TLS          string   `json:"tls"`    // tls from the first byte (usually 465), starttls (587), or none
	User         string   `json:"user"`   // "" = the server asks for none
	PasswordFile string   `json:"password_file"`
	PasswordEnv  string   `json:"password_env"`
	From         string   `json:"from"`
	Domains      []string `json:"domains"` // addresses people may have mails sent to end with one of these; none = any
	CAFile       string   `json:"ca_file"` // the certificate authority, where the system does not know it

	password string
	roots    *x509.CertPool
}

// Hook is a program that is told by HTTP.
type Hook struct {
	Name       string   `json:"name"`
	URL        string   `json:"url"`
	SecretFile string   `json:"secret_file"` // what signatures are made with, at least 16 bytes
	SecretEnv  string   `json:"secret_env"`
	Kinds      []string `json:"kinds"`  // none = all
	Admdvs     string   `json:"admdvs"` // only what is about this division; "" = everything
	CAFile     string   `json:"ca_file"`

	secret []byte
	roots  *x509.CertPool
}

// Load reads the settings of a data directory; empty ones when there are none.
func Load(dataDir string) (*Settings, error) {
	path := filepath.Join(dataDir, FileName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Settings{}, nil
	}
	if err != nil {
		return nil, err
	}
	s := &Settings{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("消息设置 %s 读不了：%w", path, err)
	}
	if err := s.check(dataDir); err != nil {
		return nil, fmt.Errorf("消息设置 %s：%w", path, err)
	}
	return s, nil
}

var hookName = regexp.MustCompile(`^[\p{Han}A-Za-z0-9_-]{1,32}$`)

func (s *Settings) check(dir string) (err error) {
	if s.Site != "" {
		if u, err := url.Parse(s.Site); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("site %q 应为 https:// 开头的控制台地址", s.Site)
		}
		s.Site = strings.TrimRight(s.Site, "/")
	}
	if s.Mail != nil {
		if err := s.Mail.check(dir); err != nil {
			return fmt.Errorf("mail：%w", err)
		}
	}
	seen := map[string]bool{}
	for i := range s.Hooks {
		h := &s.Hooks[i]
		if !hookName.MatchString(h.Name) || seen[h.Name] {
			return fmt.Errorf("hooks 第 %d 个的 name %q 应为不重复的 1 到 32 个汉字、字母、数字、_ 或 -", i+1, h.Name)
		}
		seen[h.Name] = true
		if err := h.check(dir); err != nil {
			return fmt.Errorf("hooks 的 %s：%w", h.Name, err)
		}
	}
	return nil
}

func (m *Mail) check(dir string) (err error) {
	if host, _, ok := strings.Cut(m.Server, ":"); !ok || host == "" {
		return fmt.Errorf("server %q 应为 主机:端口", m.Server)
	}
	if !slices.Contains([]string{"tls", "starttls", "none"}, m.TLS) {
		return fmt.Errorf("tls %q 应为 tls、starttls 或 none", m.TLS)
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		return fmt.Errorf("from %q 不是邮箱地址", m.From)
	}
	if m.User == "" {
		m.roots, err = roots(dir, m.CAFile)
		return err
	}
	if m.TLS == "none" {
		return errors.New("有用户名口令而 tls 为 none，口令会明文传送：请改为 tls 或 starttls")
	}
	b, err := secret(dir, m.PasswordFile, m.PasswordEnv, "password")
	if err == nil {
		m.password = string(b)
		m.roots, err = roots(dir, m.CAFile)
	}
	return err
}

func (h *Hook) check(dir string) (err error) {
	u, err := url.Parse(h.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("url %q 应为 https:// 或内网的 http:// 地址，不带用户名口令", h.URL)
	}
	for _, k := range h.Kinds {
		if kindOf(k) == nil {
			return fmt.Errorf("没有消息种类 %q", k)
		}
	}
	if h.secret, err = secret(dir, h.SecretFile, h.SecretEnv, "secret"); err != nil {
		return err
	}
	if len(h.secret) < 16 {
		return errors.New("密钥太短，至少 16 个字节")
	}
	h.roots, err = roots(dir, h.CAFile)
	return err
}

// secret reads the first line of a file of the data directory or elsewhere, or a variable of the environment.
func secret(dir, file, env, what string) ([]byte, error) {
	switch {
	case (file == "") == (env == ""):
		return nil, fmt.Errorf("%s_file 和 %s_env 写一个，也只写一个", what, what)
	case env != "":
		if v := os.Getenv(env); v != "" {
			return []byte(v), nil
		}
		return nil, fmt.Errorf("环境变量 %s 没有值", env)
	}
	b, err := os.ReadFile(at(dir, file))
	line, _, _ := bytes.Cut(b, []byte("\n"))
	if line = bytes.TrimSpace(line); err == nil && len(line) == 0 {
		err = fmt.Errorf("文件 %s 是空的", file)
	}
	return line, err
}

func at(dir, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

func roots(dir, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(at(dir, file))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s 里没有 PEM 证书", file)
	}
	return pool, nil
}

// mails tells whether mails may go to an address.
func (s *Settings) mails(address string) bool { return s.Mail != nil && s.CheckMail(address) == nil }

// CheckMail tells what is wrong with an address that somebody wants mails sent to; nil = nothing.
func (s *Settings) CheckMail(address string) error {
	a, err := mail.ParseAddress(address)
	if err != nil || a.Address != address || len(address) > 254 {
		return fmt.Errorf("%q 不是邮箱地址，应为 名字@单位 的样子", address)
	}
	if s.Mail == nil || len(s.Mail.Domains) == 0 {
		return nil
	}
	_, domain, _ := strings.Cut(address, "@")
	for _, d := range s.Mail.Domains {
		if strings.EqualFold(domain, d) || strings.HasSuffix(strings.ToLower(domain), "."+strings.ToLower(d)) {
			return nil
		}
	}
	return fmt.Errorf("只能用单位的邮箱：%s", strings.Join(s.Mail.Domains, "、"))
}

// wants tells whether a program is told of a message.
func (h *Hook) wants(m *store.Message) bool {
	return (len(h.Kinds) == 0 || slices.Contains(h.Kinds, m.Kind)) && strings.HasPrefix(m.Admdvs, h.Admdvs)
}

func (s *Settings) hook(name string) *Hook {
	if i := slices.IndexFunc(s.Hooks, func(h Hook) bool { return h.Name == name }); i >= 0 {
		return &s.Hooks[i]
	}
	return nil
}

// Where is the host that a program is told at, without what its address may hold besides.
func (h *Hook) Where() string {
	u, _ := url.Parse(h.URL) // it was checked
	return u.Scheme + "://" + u.Host
}
