package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
)

const channel = "web"

func formatUnix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// typed is what a clerk filled in.
type typed struct {
	Psn    string `json:"psn"`
	Name   string `json:"name"`
	Sex    string `json:"sex"`
	Birth  string `json:"birth"`
	Visit  string `json:"visit"` // of an earlier check of the same customer
	Doctor string `json:"doctor"`
	Diags  []struct {
		Code string `json:"code"`
		Name string `json:"name"`
	} `json:"diags"`
	Rescue bool `json:"rescue"`
	Items  []struct {
		Code string `json:"code"`
		Name string `json:"name"`
		List string `json:"list"`
		Cnt  string `json:"cnt"`
		Pric string `json:"pric"`
		Days string `json:"days"`
		Own  bool   `json:"own"` // turned to self-pay
	} `json:"items"`
}

// shown is a reminder as the page shows it.
type shown struct {
	Jr      string          `json:"jr"`
	Rule    string          `json:"rule"`
	Text    string          `json:"text"`
	Basis   string          `json:"basis"`
	Stop    string          `json:"stop"`
	Orders  []string        `json:"orders"`
	Actions []remind.Action `json:"actions"`
}

var stops = map[online.Stop]string{online.Inform: "提示", online.Confirm: "确认", online.Block: "阻断"}

func (k *desk) check(w http.ResponseWriter, r *http.Request, who *auth.Identity) {
	var in typed
	if !read(w, r, &in) {
		return
	}
	req, err := k.request(&in, who)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), k.Budget)
	defer cancel()
	ans, err := k.Engine.Check(ctx, req)
	if err != nil {
		k.Log.Warn("desk check failed", "err", err)
		refuse(w, http.StatusServiceUnavailable, "暂时不能审核，本次未提示，请按规定办理")
		return
	}
	d := k.Remind.Decide(req, ans)
	out := struct {
		Call    string  `json:"call"`
		Visit   string  `json:"visit"`
		Shown   []shown `json:"shown"`
		Partial bool    `json:"partial"`
		Stop    string  `json:"stop"`
		Quiet   int     `json:"quiet"` // explained before, not shown again
	}{d.Call, in.Visit, []shown{}, ans.Partial, stops[d.Stop], 0}
	for i := range d.Held {
		if d.Held[i].Why == remind.HeldQuiet {
			out.Quiet++
		}
	}
	for _, s := range d.Shown {
		x := shown{Jr: s.ID, Rule: s.RuleName, Text: s.Text, Basis: s.Basis, Stop: stops[s.Stop], Orders: []string{}, Actions: s.Actions()}
		for _, l := range s.Lines {
			if l.Type == 1 && l.Order != "" {
				x.Orders = append(x.Orders, l.Order)
			}
		}
		out.Shown = append(out.Shown, x)
	}
	tell(w, http.StatusOK, out)
}

// request makes a call of what was typed.
func (k *desk) request(in *typed, who *auth.Identity) (*online.Request, error) {
	now := k.Now().In(time.FixedZone("", 8*3600))
	at, err := claim.ParseTime(now.Format(time.DateTime))
	if err != nil {
		return nil, err
	}
	p := k.place(who)
	in.Psn = strings.ToUpper(strings.TrimSpace(in.Psn))
	switch {
	case in.Psn == "" || len(in.Psn) > 50:
		return nil, fmt.Errorf("请填写参保人编号或证件号")
	case len(in.Items) == 0:
		return nil, fmt.Errorf("请至少填写一个项目")
	case len(in.Items) > maxItems:
		return nil, fmt.Errorf("一次最多 %d 个项目", maxItems)
	case len(in.Visit) > 50:
		return nil, fmt.Errorf("就诊编号太长")
	}
	birth, err := claim.ParseDay(in.Birth)
	if err != nil {
		return nil, fmt.Errorf("出生日期：%w", err)
	}
	if in.Visit == "" {
		in.Visit = "desk" + store.NewID()
	}
	e := online.Encounter{ID: in.Visit, Inst: p.Code, InstName: p.Name, InstArea: p.Area, InstType: p.Type, InstLevel: p.Level, Begin: at, End: at, Doctor: in.Doctor, Kind: "1", MedType: "11",
		Rescue: in.Rescue, Total: 0, Own: 0, SelfPay: 0, Account: claim.None64, Fund: claim.None64}
	req := &online.Request{Infno: "3101", Stage: online.Before, Channel: channel, MsgID: store.NewID(), Key: who.Name, Inst: p.Code, Operator: who.Name, Admdvs: p.Area, Scenarios: []string{"2"},
		At: at}
	if p.Type == "2" {
		e.Kind, e.MedType, req.Scenarios = "3", "41", []string{"10"}
	}
	for i, d := range in.Diags {
		if c := strings.ToUpper(strings.TrimSpace(d.Code)); c != "" {
			e.Diagnoses = append(e.Diagnoses, online.Diagnosis{InOut: "1", Main: i == 0, Order: i + 1, Code: c, Name: d.Name, At: at})
			if i == 0 {
				e.MainDiag, e.MainDiagName = c, d.Name
			}
		}
	}
	for i, x := range in.Items {
		o, err := order(i, x.Code, x.Name, x.List, x.Cnt, x.Pric, x.Days)
		if err != nil {
			return nil, fmt.Errorf("第 %d 项：%w", i+1, err)
		}
		o.Begin, o.Doctor, o.Current, o.ID = at, in.Doctor, true, in.Visit+"-"+strconv.Itoa(i+1)
		if x.Own {
			o.Own = o.Amount
		}
		e.Total, e.Own = e.Total+o.Amount, e.Own+o.Own
		e.Orders = append(e.Orders, *o)
	}
	sex := in.Sex
	if sex != "1" && sex != "2" {
		sex = "0"
	}
	req.Patients = []online.Patient{{ID: in.Psn, Name: in.Name, Sex: sex, Birth: birth, Area: p.Area, Current: in.Visit, Encounters: []online.Encounter{e}}}
	if len(in.Psn) == 18 {
		req.Patients[0].CertNo, req.Patients[0].CertType = in.Psn, "01"
		if k.Person != nil {
			req.Patients[0].ID = cmp.Or(k.Person(in.Psn), in.Psn)
		}
	}
	return req, nil
}

func order(i int, code, name, list, cnt, pric, days string) (*online.Order, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	if code == "" || len(code) > 50 {
		return nil, fmt.Errorf("没有项目编码，或编码太长")
	}
	n, err := claim.ParseDecimal(strings.TrimSpace(cnt), 4)
	if err != nil || n <= 0 {
		return nil, fmt.Errorf("数量 %q 应为大于 0 的数", cnt)
	}
	price, err := claim.ParseDecimal(strings.TrimSpace(pric), 6)
	if err != nil || price <= 0 { // without money nothing is at issue, and silence would look like a verdict
		return nil, fmt.Errorf("单价 %q 应为大于 0 的数", pric)
	}
	o := &online.Order{Item: code, Name: name, HospItem: code, HospName: name, ListType: list, Cnt: claim.Qty(n), Price: claim.Price(price), SelfPay: 0, Stop: claim.NoTime, Days: claim.None32}
	const perFen = 10_000 * 10_000 // 1e-4 × 1e-6 yuan in fen
	if n > (1<<62)/price {
		return nil, fmt.Errorf("数量和单价太大")
	}
	o.Amount = claim.Money((n*price + perFen/2) / perFen)
	if o.ListType == "" {
		o.ListType = listOf(code)
	}
	if d := strings.TrimSpace(days); d != "" {
		v, err := strconv.Atoi(d)
		if err != nil || v <= 0 || v > 365 {
			return nil, fmt.Errorf("用药天数 %q 应在 1 到 365 之间", days)
		}
		o.Days = int32(v)
	}
	return o, nil
}

// listOf guesses the list an item belongs to by its code: drugs begin with X or Z, herbs with T, consumables with C.
func listOf(code string) string {
	switch code[0] {
	case 'X', 'Z':
		return "101"
	case 'T':
		return "102"
	case 'C':
		return "301"
	}
	return "201"
}
