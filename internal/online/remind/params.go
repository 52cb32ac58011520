package remind

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// Params are what a pooling area decides about its reminders.
type Params struct {
	MaxShown       int                 `json:"max_shown"`        // reminders a call, blocks apart
	PopSeverity    int                 `json:"pop_severity"`     // the lightest severity that is shown (1–3)
	TextLimit      int                 `json:"text_limit"`       // characters
	QuietHours     int                 `json:"quiet_hours"`      // out-patients, after an explanation
	QuietStay      bool                `json:"quiet_stay"`       // in-patients: the whole stay
	InformPerDay   int                 `json:"inform_per_day"`   // a doctor's informing interruptions a day, 0 = no limit
	MedianAlarm    int                 `json:"median_alarm"`     // interruptions a doctor a day
	OverrideRate   int                 `json:"override_percent"` // above it silence is proposed
	OverrideMin    int                 `json:"override_min"`     // answers below which nothing is proposed
	OverrideDays   int                 `json:"override_days"`    // that are counted
	WrongDays      int                 `json:"wrong_days"`       // working days to answer "this is wrong"
	ReopenDays     int                 `json:"reopen_days"`      // avoided money is taken back when reopened within
	FreezeDays     int                 `json:"freeze_days"`      // after the settlement the figures stand
	UnsettledDays  int                 `json:"unsettled_days"`   // after which an out-patient visit counts as never settled
	UnsettledStays int                 `json:"unsettled_stays"`  // likewise in-patient
	SelfPayNotice  string              `json:"self_pay_notice"`  // {项目} {限定} {金额}
	Owner          string              `json:"owner"`            // of cards that nobody is named for
	Audiences      map[string][]string `json:"audiences"`        // by rule, in place of the table
	Silent         []string            `json:"silent"`           // rules that are recorded only
}

// Defaults hold where no area says otherwise.
func Defaults() Params {
	return Params{MaxShown: 3, PopSeverity: 2, TextLimit: 60, QuietHours: 24, QuietStay: true, MedianAlarm: 5, OverrideRate: 80, OverrideMin: 20, OverrideDays: 30,
		WrongDays: 5, ReopenDays: 7, FreezeDays: 30, UnsettledDays: 30, UnsettledStays: 180, Owner: "两库维护",
		SelfPayNotice: "“{项目}”不符合医保支付规定（{限定}），经您同意改为自费，费用 {金额} 元由您个人承担，医保基金不支付。本人已知情并同意。签字：________ 日期：________"}
}

func (p *Params) check() error {
	for _, c := range []struct {
		name    string
		v, a, b int
	}{
		{"max_shown", p.MaxShown, 1, 10}, {"pop_severity", p.PopSeverity, 1, 2}, {"text_limit", p.TextLimit, 20, 60}, {"quiet_hours", p.QuietHours, 0, 720},
		{"inform_per_day", p.InformPerDay, 0, 1000}, {"median_alarm", p.MedianAlarm, 1, 100}, {"override_percent", p.OverrideRate, 1, 100},
		{"override_min", p.OverrideMin, 1, 100000}, {"override_days", p.OverrideDays, 1, 366}, {"wrong_days", p.WrongDays, 1, 60},
		{"reopen_days", p.ReopenDays, 0, 90}, {"freeze_days", p.FreezeDays, 1, 366}, {"unsettled_days", p.UnsettledDays, 1, 366},
		{"unsettled_stays", p.UnsettledStays, 1, 730},
	} {
		if c.v < c.a || c.v > c.b {
			return fmt.Errorf("参数 %s 写作 %d，应在 %d 到 %d 之间", c.name, c.v, c.a, c.b)
		}
	}
	if p.FreezeDays < p.ReopenDays {
		return fmt.Errorf("freeze_days（%d）不能小于 reopen_days（%d）：冻结前要先看有没有重开", p.FreezeDays, p.ReopenDays)
	}
	for rule, as := range p.Audiences {
		for _, a := range as {
			if !slices.Contains(audienceNames, a) {
				return fmt.Errorf("规则 %s 的对象 %q 不认得，可用 %v", rule, a, audienceNames)
			}
		}
	}
	return nil
}

// over is p with what body (JSON of some fields) says; unknown fields are an error.
func (p Params) over(body string) (Params, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("提醒参数读不了：%w", err)
	}
	return p, p.check()
}

// Areas are the parameters of all pooling areas. Immutable.
type Areas struct {
	by map[string]Params
}

// NewAreas reads what areas say: a longer division takes what it does not say from the shorter ones, in the end from "" and
// the defaults.
func NewAreas(rows []store.ReminderArea) (*Areas, error) {
	a := &Areas{by: map[string]Params{}}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y store.ReminderArea) int { return len(x.Area) - len(y.Area) })
	for _, r := range rows {
		p, err := a.Of(r.Area).over(r.Body)
		if err != nil {
			return nil, fmt.Errorf("区划 %q：%w", r.Area, err)
		}
		a.by[r.Area] = p
	}
	return a, nil
}

// Of a division: the most specific area that begins it.
func (a *Areas) Of(admdvs string) Params {
	for n := len(admdvs); n >= 0; n-- {
		if p, ok := a.by[admdvs[:n]]; ok {
			return p
		}
	}
	return Defaults()
}

// LoadAreas reads the areas' parameters.
func LoadAreas(ctx context.Context, db *store.DB) (*Areas, error) {
	var rows []store.ReminderArea
	err := db.View(ctx, func(tx *store.Tx) (err error) { rows, err = tx.ReminderAreas(); return err })
	if err != nil {
		return nil, err
	}
	return NewAreas(rows)
}

// SetParam changes one parameter of an area, given as JSON (a bare word is a text); "null" takes the area's word back.
func SetParam(tx *store.Tx, area, name, value, actor, why string, now time.Time) error {
	rows, err := tx.ReminderAreas()
	if err != nil {
		return err
	}
	row := store.ReminderArea{Area: area, Body: "{}"}
	i := slices.IndexFunc(rows, func(r store.ReminderArea) bool { return r.Area == area })
	if i >= 0 {
		row = rows[i]
	}
	said := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(row.Body), &said); err != nil {
		return err
	}
	if name == "all_inform" {
		return errors.New("全部改为提示只有一个开关：mingjian online inform --on --area 区划 --why 理由")
	}
	if !json.Valid([]byte(value)) {
		b, _ := json.Marshal(value)
		value = string(b)
	}
	if value == "null" {
		delete(said, name)
	} else {
		said[name] = json.RawMessage(value)
	}
	b, err := json.Marshal(said)
	if err != nil {
		return err
	}
	if _, err := Defaults().over(string(b)); err != nil {
		return err
	}
	row.Body, row.Actor, row.Why = string(b), actor, why
	if i >= 0 {
		rows[i] = row
	} else {
		rows = append(rows, row)
	}
	if _, err := NewAreas(rows); err != nil {
		return err
	}
	return tx.SetReminderArea(row, store.Micros(now))
}
