package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// Message is something that people are told of. It holds nothing about persons insured: it goes by mail and to other programs.
type Message struct {
	ID     string // made of what happened: the same happening is one message
	Kind   string
	Title  string
	Body   string
	Link   string // path in the console
	Admdvs string // of whom it speaks; "" = all
	Inst   string // the institution whose it is; "" = none's
	At     int64
}

func (m *Message) fields() []any {
	return []any{&m.ID, &m.Kind, &m.Title, &m.Body, &m.Link, &m.Admdvs, &m.Inst, &m.At}
}

type messageTo struct {
	login, message string
	at, readAt     int64
}

func (m *messageTo) fields() []any { return []any{&m.login, &m.message, &m.at, &m.readAt} }

// MessagePerson says how somebody wants to be told. Without one he is told on the site, of everything.
type MessagePerson struct {
	Login     string
	Mail      string // address; "" = no mail
	SiteOff   string // kinds that the site does not show, comma-joined
	MailOn    string // kinds that go by mail
	ChangedAt int64
	Version   int64
}

func (p *MessagePerson) fields() []any {
	return []any{&p.Login, &p.Mail, &p.SiteOff, &p.MailOn, &p.ChangedAt, &p.Version}
}

// Send is a message on its way out: by mail to an address, or to a program by its name.
type Send struct {
	ID      string
	Message string
	Way     string
	Target  string
	State   string
	Tries   int
	NextAt  int64
	Holder  string
	UntilAt int64 // the holder is at it until then
	Said    string
	MadeAt  int64
	SentAt  int64
}

func (s *Send) fields() []any {
	return []any{&s.ID, &s.Message, &s.Way, &s.Target, &s.State, &s.Tries, &s.NextAt, &s.Holder, &s.UntilAt, &s.Said, &s.MadeAt, &s.SentAt}
}

// Ways out, and states of a send.
const (
	WayMail = "邮件"
	WayHook = "网络回调"

	SendWaits  = "待发"
	SendDone   = "已发"
	SendFailed = "失败"
)

// AddMessage adds a message with whom it is for and what is to be sent, once: the same id is not added again.
func (tx *Tx) AddMessage(m Message, logins []string, sends []Send) (added bool, err error) {
	n, err := tx.exec(insertText(messageTable.name, messageTable.names(), 1)+" ON CONFLICT (message_id) DO NOTHING", values(&m)...)
	if err != nil || n == 0 {
		return false, err
	}
	to := make([]messageTo, len(logins))
	for i, l := range logins {
		to[i] = messageTo{l, m.ID, m.At, 0}
	}
	if err := insert(tx, &messageToTable, to...); err != nil {
		return false, err
	}
	return true, insert(tx, &messageSendTable, sends...)
}

// GrowMessage says a message anew of which there is more to tell: who has read it has it unread again. What waits to go out says the new text.
func (tx *Tx) GrowMessage(m *Message) error {
	if _, err := tx.exec("UPDATE message SET title = $1, body = $2, link = $3, at = $4 WHERE message_id = $5", m.Title, m.Body, m.Link, m.At, m.ID); err != nil {
		return err
	}
	_, err := tx.exec("UPDATE message_to SET at = $1, read_at = 0 WHERE message_id = $2", m.At, m.ID)
	return err
}

// ReadMessage is a message as somebody has it.
type ReadMessage struct {
	Message
	ReadAt int64 // 0 = he has not seen it
}

// Cursor of a message in its list.
func (m *ReadMessage) Cursor() string { return fmt.Sprintf("%d|%s", m.At, m.ID) }

// MessageFilter chooses somebody's messages within what he may see now.
type MessageFilter struct {
	Login  string
	Scope  Scope
	Unread bool
	Kind   string
}

func (f *MessageFilter) where() *conditions {
	w := &conditions{}
	w.add("t.login = "+w.bind(f.Login), true)
	w.add("t.read_at = 0", f.Unread)
	w.equal("m.kind", f.Kind)
	// Whoever has moved to another place sees no more of the one before.
	if f.Scope.Inst != "" {
		w.add("(m.fixmedins_code = '' OR m.fixmedins_code = "+w.bind(f.Scope.Inst)+")", true)
	} else if f.Scope.Admdvs != "" {
		b := w.bind(f.Scope.Admdvs)
		w.add("(m.admdvs = '' OR SUBSTR(m.admdvs, 1, LENGTH("+b+")) = "+b+")", true)
	}
	return w
}

// Messages lists somebody's messages, newest first.
func (tx *Tx) Messages(f MessageFilter, p WatchPage) (out []ReadMessage, err error) {
	w := f.where()
	w.after(p, "t.at", "t.message_id", true)
	err = tx.query(func(r *sql.Rows) error {
		var m ReadMessage
		err := r.Scan(append(m.fields(), &m.ReadAt)...)
		out = append(out, m)
		return err
	}, "SELECT m."+strings.Join(messageTable.names(), ", m.")+", t.read_at FROM message_to t JOIN message m ON m.message_id = t.message_id"+w.text()+" ORDER BY t.at DESC, t.message_id DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
	return out, err
}

// Unread counts what somebody has not seen.
func (tx *Tx) Unread(login string, s Scope) (n int64, err error) {
	f := MessageFilter{Login: login, Scope: s, Unread: true}
	w := f.where()
	return n, tx.one([]any{&n}, "SELECT COUNT(*) FROM message_to t JOIN message m ON m.message_id = t.message_id"+w.text(), w.args...)
}

// SeeMessages notes that somebody has seen messages; none = all that he has.
func (tx *Tx) SeeMessages(login string, ids []string, now int64) error {
	if len(ids) == 0 {
		_, err := tx.exec("UPDATE message_to SET read_at = $1 WHERE login = $2 AND read_at = 0", now, login)
		return err
	}
	for _, id := range ids {
		if _, err := tx.exec("UPDATE message_to SET read_at = $1 WHERE login = $2 AND message_id = $3 AND read_at = 0", now, login, id); err != nil {
			return err
		}
	}
	return nil
}

// MessagePeople lists how people want to be told, by login.
func (tx *Tx) MessagePeople() (map[string]MessagePerson, error) {
	out := map[string]MessagePerson{}
	ps, err := list[MessagePerson](tx, &messagePersonTable, "")
	for _, p := range ps {
		out[p.Login] = p
	}
	return out, err
}

// MessagePerson reads how somebody wants to be told; one of version 0 while he has said nothing.
func (tx *Tx) MessagePerson(login string) (*MessagePerson, error) {
	ps, err := list[MessagePerson](tx, &messagePersonTable, "WHERE login = $1", login)
	if err != nil || len(ps) == 0 {
		return &MessagePerson{Login: login}, err
	}
	return &ps[0], nil
}

// SetMessagePerson writes it, if it is of the version read; ErrConflict, ErrExists.
func (tx *Tx) SetMessagePerson(p *MessagePerson) error {
	if p.Version > 0 {
		return tx.replace(&messagePersonTable, p)
	}
	n := *p
	n.Version = 1
	return insert(tx, &messagePersonTable, n)
}

// TakeSends gives a holder sends that are due, until a moment: who takes them up and goes away leaves them for another one after that.
func (tx *Tx) TakeSends(holder string, now, until int64, most int) ([]Send, error) {
	due, err := list[Send](tx, &messageSendTable, "WHERE state = '"+SendWaits+"' AND next_at <= $1 AND until_at <= $2 ORDER BY next_at, send_id LIMIT $3", now, now, most)
	if err != nil {
		return nil, err
	}
	var out []Send
	for _, s := range due {
		n, err := tx.exec("UPDATE message_send SET holder = $1, until_at = $2, tries = tries + 1 WHERE send_id = $3 AND state = '"+SendWaits+"' AND until_at <= $4", holder, until, s.ID, now)
		if err != nil {
			return nil, err
		}
		if s.Tries, s.Holder = s.Tries+1, holder; n == 1 {
			out = append(out, s)
		}
	}
	return out, nil
}

// SendsDue tells whether a send is due that nobody is at.
func (tx *Tx) SendsDue(now int64) (bool, error) {
	due, err := list[Send](tx, &messageSendTable, "WHERE state = '"+SendWaits+"' AND next_at <= $1 AND until_at <= $2 ORDER BY next_at LIMIT 1", now, now)
	return len(due) > 0, err
}

// EndSend notes how a try ended; next is when to try again while the state is SendWaits. false: another one has it now.
func (tx *Tx) EndSend(s *Send, state, said string, next, now int64) (bool, error) {
	sent := int64(0)
	if state == SendDone {
		sent = now
	}
	n, err := tx.exec("UPDATE message_send SET state = $1, said = $2, next_at = $3, until_at = 0, sent_at = $4 WHERE send_id = $5 AND holder = $6 AND state = '"+SendWaits+"'", state, said, next, sent, s.ID, s.Holder)
	return n == 1, err
}

// SendAgain lets one that failed be tried again now; ErrConflict when it has not failed.
func (tx *Tx) SendAgain(id string, now int64) error {
	return tx.execOne("UPDATE message_send SET state = '"+SendWaits+"', next_at = $1, tries = 0, until_at = 0 WHERE send_id = $2 AND state = '"+SendFailed+"'", now, id)
}

// Cursor of a send in its list.
func (s *Send) Cursor() string { return fmt.Sprintf("%d|%s", s.MadeAt, s.ID) }

// Sends lists sends in a state (all when ""), newest first.
func (tx *Tx) Sends(state string, p WatchPage) ([]Send, error) {
	w := &conditions{}
	w.equal("state", state)
	w.after(p, "made_at", "send_id", true)
	return list[Send](tx, &messageSendTable, w.text()+" ORDER BY made_at DESC, send_id DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
}

// MessageByID reads a message; ErrNotFound.
func (tx *Tx) MessageByID(id string) (*Message, error) {
	return only[Message](tx, &messageTable, "消息 "+id, "WHERE message_id = $1", id)
}

// MessageMark is up to when a source was looked through; 0 = never.
func (tx *Tx) MessageMark(source string) (upto int64, err error) {
	err = tx.one([]any{&upto}, "SELECT COALESCE(MAX(upto), 0) FROM message_mark WHERE source = $1", source)
	return upto, err
}

// SetMessageMark moves it.
func (tx *Tx) SetMessageMark(source string, upto int64) error {
	_, err := tx.exec("INSERT INTO message_mark (source, upto) VALUES ($1, $2) ON CONFLICT (source) DO UPDATE SET upto = excluded.upto", source, upto)
	return err
}

// ForgetMessages deletes messages from before a moment, with all that belongs to them.
func (tx *Tx) ForgetMessages(before int64) error {
	for _, q := range []string{"DELETE FROM message_to WHERE at < $1", "DELETE FROM message_send WHERE made_at < $1", "DELETE FROM message WHERE at < $1"} {
		if _, err := tx.exec(q, before); err != nil {
			return err
		}
	}
	return nil
}
