package cli

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api/traceapi"
	"github.com/mingjian/mingjian/internal/web/ui"
)

type serveCmd struct {
	dataFlag
	storeFlag
	Listen   string        `help:"监听地址；缺省只有本机能连，对外请加证书" default:"127.0.0.1:8080" placeholder:"地址:端口"`
	TLSCert  string        `name:"tls-cert" help:"证书链 PEM 文件；换了证书后发 SIGHUP 即可" placeholder:"文件"`
	TLSKey   string        `name:"tls-key" help:"私钥 PEM 文件" placeholder:"文件"`
	MaxBody  int64         `name:"max-body" help:"请求内容最大多少 MiB" default:"8"`
	KeyRate  float64       `name:"key-rate" help:"每个接口密钥每秒最多多少次请求，0 为不限" default:"1000"`
	KeyBurst int           `name:"key-burst" help:"每个接口密钥一次最多连发多少次" default:"2000"`
	Grace    time.Duration `help:"停止时最多等正在办理的请求多久" default:"20s"`
	Origins  []string      `name:"cds-origin" help:"哪些网页来源可以从浏览器直接调用 CDS Hooks（CORS），如 https://emr.example；缺省没有" placeholder:"来源"`
	LogLevel string        `name:"log-level" help:"日志级别：debug 连正常请求也记" enum:"debug,info,warn,error" default:"info"`
	LogJSON  bool          `name:"log-json" help:"日志每行一个 JSON"`
}

// site is what the mounted parts are built from.
type site struct {
	*office
	s        *streams
	cmd      *serveCmd
	web      *web.Server
	log      *slog.Logger
	rules    *liveRules // what is live now
	dossiers *dossiers
	gate     *auth.Gate   // knows keys and what they signed; one, so that a signature has one use, whichever way it comes
	gateway  *web.Gateway // lets API keys in through the gate; one, so that a key has one limit
	goods    *liveGoods   // nil = another process owns the index of codes
	traces   *traceapi.Deps
	messages *liveMessages
	sender   *message.Sender
}

// mounts are the parts of the server, in the order in which they are set up. To add one is to add its line.
var mounts = []func(*site) error{
	mountGoods,
	mountAPI,
	mountOnline,
	mountClocks,
	mountMessages,
	mountConsole,
}

func (c *serveCmd) Run(s *streams) error {
	if c.MaxBody < 1 || c.Grace <= 0 || c.KeyRate < 0 || c.KeyBurst < 1 {
		return usageError{errors.New("--max-body、--key-burst 至少为 1，--grace 要大于 0，--key-rate 不能为负")}
	}
	easeMemory()
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		x := &site{office: o, s: s, cmd: c, log: c.logger(s), rules: &liveRules{o: o}}
		keys, err := o.keys()
		if err != nil {
			return err
		}
		x.gate = &auth.Gate{Keys: keys}
		x.messages = &liveMessages{dir: x.dir}
		x.sender = &message.Sender{DB: x.db, Settings: x.messages.settings, Holder: holder()}
		if err := (clients{x}).Reload(s.ctx); err != nil {
			return err
		}
		x.gateway = &web.Gateway{Gate: x.gate, Limits: web.NewLimits(c.KeyRate, c.KeyBurst)}
		srv, err := web.New(web.Options{Listen: c.Listen, TLSCert: c.TLSCert, TLSKey: c.TLSKey, MaxBody: c.MaxBody << 20, Grace: c.Grace, Version: Version, Log: x.log,
			Checks: []web.Check{{Name: "store", Run: o.db.Ping}}, Stamp: x.rules.stamp})
		if err != nil {
			return err
		}
		x.web = srv
		if err := x.rules.Reload(s.ctx); err != nil {
			return err
		}
		srv.Reload(x.rules)
		srv.Reload(clients{x})
		for _, mount := range mounts {
			if err := mount(x); err != nil {
				return err
			}
		}
		addr, err := srv.Listen()
		if err != nil {
			return err
		}
		if c.TLSCert == "" && !loopback(addr) {
			s.note("注意：%s 对外监听而没有证书，口令和数据在网上是明文；请加 --tls-cert、--tls-key，或放在有证书的反向代理后面\n", addr)
		}
		s.printf("明鉴已启动：%s://%s（数据目录 %s，业务库 %s），按 Ctrl-C 停止\n", srv.Scheme(), addr, c.Data, o.db.Location())
		if err := o.record(s, "启动服务", addr.String(), "版本 "+Version); err != nil {
			return err
		}
		if err := srv.Run(s.ctx); err != nil {
			return err
		}
		s.printf("已停止\n")
		return nil
	})
}

// clients brings calling systems that sign with keys of their own to the gate, again when the server reloads.
type clients struct{ x *site }

func (c clients) Reload(context.Context) error {
	m, err := auth.LoadClients(c.x.dir)
	if err == nil {
		c.x.gate.Trust(m)
	}
	return err
}

func (clients) Program() string { return "clients" }

// mountConsole serves the console at every address that nothing else answers.
func mountConsole(x *site) error {
	if !ui.Built() {
		x.s.note("注意：这个程序编译时没有带上控制台，浏览器里只会看到一句说明；接口照常\n")
	}
	console := ui.Handler()
	x.web.Else(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if machine(r.URL.Path) {
			web.NewProblem(http.StatusNotFound, web.CodeNotFound, "没有这个地址，请核对接口文档").Write(w, r)
			return
		}
		console.ServeHTTP(w, r)
	}))
	return nil
}

// machine tells that programs call the address, not people: what is not there is no page.
func machine(path string) bool {
	return slices.ContainsFunc([]string{"/api/", "/fsi/", "/mbs/", "/cds-services", "/desk/"}, func(p string) bool { return strings.HasPrefix(path, p) })
}

func (c *serveCmd) logger(s *streams) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(c.LogLevel, "info"))); err != nil {
		level = slog.LevelInfo
	}
	opt := &slog.HandlerOptions{Level: level}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(s.err, opt))
	}
	return slog.New(slog.NewTextHandler(s.err, opt))
}

func loopback(addr net.Addr) bool {
	t, ok := addr.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}
