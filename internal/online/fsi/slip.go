package fsi

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/mingjian/mingjian/internal/online"
)

//go:embed slip.html
var slipText string

var slipPage = template.Must(template.New("slip").Parse(slipText))

// slipRow is an item on the patient's slip.
type slipRow struct{ Item, Text, Money, What string }

var slipWhat = map[online.Stop]string{online.Block: "医保不能支付", online.Confirm: "需医师说明理由", online.Inform: "提醒"}

// slipRowOf writes a reminder in the patient's words: names in place of codes, as far as anybody knows them, and what will come of it.
func (s *server) slipRowOf(x *Said) slipRow {
	row := slipRow{Item: x.Item, Text: x.Text, What: slipWhat[x.Stop]}
	if s.Names != nil && row.Item != "" {
		if _, name := s.Names("", row.Item); name != "" {
			row.Item = name
		}
	}
	if x.Vola.Or(0) > 0 {
		row.Money = x.Vola.String()
	}
	return row
}

// slip is the patient's paper: what the insurance will not pay and what he may do. It holds no name and no diagnosis: it lies on
// counters.
func (s *server) slip(re *reply, a *ask) *Fault {
	const most = 20
	if len(a.ids) == 0 || len(a.ids) > most {
		return &Fault{Code: Missing, Path: "input.jr_id", Text: fmt.Sprintf("请写 1 到 %d 条提醒的 jr_id", most)}
	}
	page := struct {
		Inst, Visit, At string
		Rows            []slipRow
	}{At: s.Now().In(china).Format("2006-01-02 15:04")}
	for _, id := range a.ids {
		x := s.said.find(re.m.Inst, id)
		if x == nil {
			return &Fault{Code: Missing, Path: "input.jr_id", Text: fmt.Sprintf("没有给本机构发过提醒 %s，或已过去太久", short(id))}
		}
		if page.Visit != "" && page.Visit != x.Visit {
			return &Fault{Code: Missing, Path: "input.jr_id", Text: "一张告知单只写一次就诊的提醒"}
		}
		page.Inst, page.Visit = x.InstName, x.Visit
		page.Rows = append(page.Rows, s.slipRowOf(x))
	}
	if page.Inst == "" && s.Names != nil {
		page.Inst, _ = s.Names(re.m.Inst, "")
	}
	if page.Inst == "" {
		page.Inst = re.m.Inst
	}
	var html strings.Builder
	if err := slipPage.Execute(&html, page); err != nil {
		return fault(Failed, "告知单没有生成：%v", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "医保费用告知单\n%s\n就诊编号 %s\n%s\n", page.Inst, page.Visit, page.At)
	for i, r := range page.Rows {
		fmt.Fprintf(&b, "%d. ", i+1)
		if r.Item != "" { // a reminder of a whole visit names none
			fmt.Fprintf(&b, "%s：", r.Item)
		}
		b.WriteString(r.Text)
		if r.Money != "" {
			fmt.Fprintf(&b, "（%s 元）", r.Money)
		}
		fmt.Fprintf(&b, " %s\n", r.What)
	}
	b.WriteString("您可以请医师修改，或自愿自费使用（签字后由本人承担），也可到医保办询问或拨打 12393。\n患者或家属签字：\n")
	re.output = func(w *writer) {
		w.text("slip_text", b.String())
		w.text("slip_html", html.String())
	}
	return nil
}
