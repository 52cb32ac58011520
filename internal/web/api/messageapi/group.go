// Package messageapi is the way to messages over HTTP: one's own, how one wants to be told, and for administrators the ways out with what was sent.
//
// What is told to whom is package message's; a message is only ever given to whom it was for, within what he may see now (the store).
package messageapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Config is what the operations work with. It may be empty while only the description is written.
type Config struct {
	Settings func() *message.Settings
	Sender   *message.Sender
}

type group struct {
	*api.API
	Config
}

var tags = []string{"消息"}

var (
	own   = api.Need{Inst: true, Locals: true}                               // whoever has signed in, of his own
	admin = api.Need{Any: []auth.Permission{auth.ManageKeys}, Locals: false} // the ways out are the installation's
)

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{a, c}
		op := func(id, method, path, summary string, errs ...int) huma.Operation {
			return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: tags, Errors: errs}
		}
		api.Add(a, op("messages", http.MethodGet, "/api/messages", "我的消息，从新到旧"), own, g.list)
		api.Add(a, op("messages-unread", http.MethodGet, "/api/messages/unread", "我有几条没看"), own, g.unread)
		api.Add(a, op("messages-seen", http.MethodPost, "/api/messages/seen", "记为看过；不写编号为全部"), own, g.seen)
		api.Add(a, op("message-choice", http.MethodGet, "/api/messages/choice", "我订了什么"), own, g.choice)
		api.Add(a, op("set-message-choice", http.MethodPut, "/api/messages/choice", "改我订什么", 409, 412, 422), own, g.choose)
		api.Add(a, op("message-ways", http.MethodGet, "/api/messages/ways", "通道：邮件和网络回调"), admin, g.ways)
		api.Add(a, op("test-message-way", http.MethodPost, "/api/messages/ways/test", "用一条通道发一条测试", 404, 422), admin, g.test)
		api.Add(a, op("message-sends", http.MethodGet, "/api/messages/sends", "发送记录，从新到旧"), admin, g.sends)
		api.Add(a, op("send-message-again", http.MethodPost, "/api/messages/sends/again", "失败的再发", 412), admin, g.again)
	}
}

type messageItem struct {
	ID    string `json:"message_id"`
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Body  string `json:"body"`
	Link  string `json:"link" doc:"控制台里的地址"`
	At    string `json:"at"`
	Read  bool   `json:"read"`
}

// Asked is which of one's messages.
type Asked struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"上一页的 next；不写取最新的"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"一页最多多少条"`
	Unread bool   `query:"unread" doc:"只要没看的"`
	Kind   string `query:"kind" maxLength:"32"`
}

func (g *group) list(ctx context.Context, in *Asked) (*api.Body[api.List[messageItem]], error) {
	var rows []store.ReadMessage
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Messages(store.MessageFilter{Login: api.Who(ctx).Name, Scope: api.ScopeOf(ctx), Unread: in.Unread, Kind: in.Kind}, store.WatchPage{After: in.Cursor, Limit: in.Limit + 1})
		return err
	})
	return api.Paged(rows, api.Paging{Limit: in.Limit}, (*store.ReadMessage).Cursor, func(m *store.ReadMessage) messageItem {
		return messageItem{m.ID, m.Kind, m.Title, m.Body, m.Link, api.Moment(m.At), m.ReadAt != 0}
	}), err
}

type messageCount struct {
	Unread int64 `json:"unread"`
}

func (g *group) unread(ctx context.Context, _ *struct{}) (out *api.Body[messageCount], err error) {
	out = &api.Body[messageCount]{}
	err = g.DB.View(ctx, func(tx *store.Tx) (err error) {
		out.Body.Unread, err = tx.Unread(api.Who(ctx).Name, api.ScopeOf(ctx))
		return err
	})
	return out, err
}

func (g *group) seen(ctx context.Context, in *struct {
	Body struct {
		IDs []string `json:"ids,omitempty" maxItems:"200"`
	}
}) (*api.Body[messageCount], error) {
	err := g.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.SeeMessages(api.Who(ctx).Name, in.Body.IDs, store.Micros(time.Now()))
	})
	if err != nil {
		return nil, err
	}
	return g.unread(ctx, nil)
}

type messageChoiceKind struct {
	message.Kind
	Site bool `json:"site"`
	Mail bool `json:"mail"`
}

type messageChoice struct {
	Mail    string              `json:"mail"`
	CanMail bool                `json:"can_mail" doc:"本局开了邮件"`
	Domains []string            `json:"domains" doc:"只能用这些单位的邮箱；空为不限"`
	Version int64               `json:"version"`
	Kinds   []messageChoiceKind `json:"kinds"`
}

func (g *group) choice(ctx context.Context, _ *struct{}) (*api.Body[messageChoice], error) {
	who := api.Who(ctx)
	var p *store.MessagePerson
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) { p, err = tx.MessagePerson(who.Name); return err })
	if err != nil {
		return nil, err
	}
	set := g.Settings()
	out := messageChoice{Mail: p.Mail, CanMail: set.Mail != nil, Domains: []string{}, Version: p.Version, Kinds: []messageChoiceKind{}}
	if set.Mail != nil {
		out.Domains = append(out.Domains, set.Mail.Domains...)
	}
	off, on := strings.Split(p.SiteOff, ","), strings.Split(p.MailOn, ",")
	for _, k := range message.For(who) {
		out.Kinds = append(out.Kinds, messageChoiceKind{k, !slices.Contains(off, k.Name), slices.Contains(on, k.Name)})
	}
	return &api.Body[messageChoice]{Body: out}, nil
}

func (g *group) choose(ctx context.Context, in *struct {
	Body struct {
		Mail    string   `json:"mail" maxLength:"254"`
		SiteOff []string `json:"site_off" maxItems:"50" doc:"站内不看的种类"`
		MailOn  []string `json:"mail_on" maxItems:"50" doc:"要邮件的种类"`
		Version int64    `json:"version" doc:"读到的版本；没订过为 0"`
	}
}) (*api.Body[messageChoice], error) {
	who, b := api.Who(ctx), &in.Body
	kinds := message.For(who)
	for _, k := range slices.Concat(b.SiteOff, b.MailOn) {
		if !slices.ContainsFunc(kinds, func(x message.Kind) bool { return x.Name == k }) {
			return nil, invalid("没有您能收的消息种类 " + k)
		}
	}
	if b.Mail != "" {
		if err := g.Settings().CheckMail(b.Mail); err != nil {
			return nil, invalid(err.Error())
		}
	} else if len(b.MailOn) > 0 {
		return nil, invalid("要邮件先填邮箱")
	}
	p := &store.MessagePerson{Login: who.Name, Mail: b.Mail, SiteOff: strings.Join(b.SiteOff, ","), MailOn: strings.Join(b.MailOn, ","), ChangedAt: store.Micros(time.Now()), Version: b.Version}
	err := g.Trail.Do(ctx, g.DB, func(tx *store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: who.Name, Action: "订消息", Object: who.Name, Detail: "邮箱 " + b.Mail + "；邮件 " + p.MailOn + "；站内不看 " + p.SiteOff}}, tx.SetMessagePerson(p)
	})
	if err != nil {
		return nil, err
	}
	return g.choice(ctx, nil)
}

func invalid(text string) error {
	return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, text)
}

type messageWay struct {
	Way    string   `json:"way" doc:"邮件 或 网络回调"`
	Name   string   `json:"name"`
	Where  string   `json:"where" doc:"服务器，不含口令、密钥和地址里的参数"`
	Kinds  []string `json:"kinds" doc:"空为全部"`
	Admdvs string   `json:"admdvs"`
}

type messageWays struct {
	File  string       `json:"file" doc:"在数据目录的哪个文件里设"`
	Items []messageWay `json:"items"`
}

func (g *group) ways(context.Context, *struct{}) (*api.Body[messageWays], error) {
	set := g.Settings()
	out := messageWays{message.FileName, []messageWay{}}
	if set.Mail != nil {
		out.Items = append(out.Items, messageWay{Way: store.WayMail, Name: set.Mail.From, Where: set.Mail.Server + "（" + set.Mail.TLS + "）", Kinds: []string{}})
	}
	for i := range set.Hooks {
		h := &set.Hooks[i]
		out.Items = append(out.Items, messageWay{store.WayHook, h.Name, h.Where(), append([]string{}, h.Kinds...), h.Admdvs})
	}
	return &api.Body[messageWays]{Body: out}, nil
}

type messageTested struct {
	OK   bool   `json:"ok"`
	Said string `json:"said"`
}

func (g *group) test(ctx context.Context, in *struct {
	Body struct {
		Way    string `json:"way" enum:"邮件,网络回调"`
		Target string `json:"target" maxLength:"254" doc:"收测试的邮箱，或网络回调的名字"`
	}
}) (*api.Body[messageTested], error) {
	b := &in.Body
	if b.Way == store.WayMail {
		if err := g.Settings().CheckMail(b.Target); err != nil {
			return nil, invalid(err.Error())
		}
	}
	err := g.Sender.Test(ctx, b.Way, b.Target)
	out := messageTested{OK: err == nil}
	if err != nil {
		out.Said = err.Error()
	}
	err = g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "测试消息通道", Object: b.Way + " " + b.Target, Detail: out.Said}}, nil
	})
	return &api.Body[messageTested]{Body: out}, err
}

// sent is a line of the record. It does not say what the message says: administrators have nothing to do with the business.
type messageSent struct {
	ID     string `json:"send_id"`
	Way    string `json:"way"`
	Target string `json:"target"`
	State  string `json:"state" doc:"待发 已发 失败"`
	Tries  int    `json:"tries"`
	Next   string `json:"next_at" doc:"待发的，什么时候再试"`
	Said   string `json:"said" doc:"上一次为什么没有成"`
	Made   string `json:"made_at"`
	Sent   string `json:"sent_at"`
}

func (g *group) sends(ctx context.Context, in *struct {
	Cursor string `query:"cursor" maxLength:"400"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	State  string `query:"state" maxLength:"8"`
}) (*api.Body[api.List[messageSent]], error) {
	var rows []store.Send
	err := g.DB.View(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Sends(in.State, store.WatchPage{After: in.Cursor, Limit: in.Limit + 1})
		return err
	})
	return api.Paged(rows, api.Paging{Limit: in.Limit}, (*store.Send).Cursor, func(s *store.Send) messageSent {
		x := messageSent{ID: s.ID, Way: s.Way, Target: s.Target, State: s.State, Tries: s.Tries, Said: s.Said, Made: api.Moment(s.MadeAt), Sent: api.Moment(s.SentAt)}
		if s.State == store.SendWaits {
			x.Next = api.Moment(s.NextAt)
		}
		return x
	}), err
}

func (g *group) again(ctx context.Context, in *struct {
	Body struct {
		ID string `json:"send_id" maxLength:"400"`
	}
}) (*api.Body[messageCount], error) {
	err := g.Trail.Do(ctx, g.DB, func(tx *store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "再发消息", Object: in.Body.ID}}, tx.SendAgain(in.Body.ID, store.Micros(time.Now()))
	})
	return &api.Body[messageCount]{}, err
}
