package rulebook

import (
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

// Page is what the book says of a card, for screens.
type Page struct {
	ID        string   `json:"rule_id"`
	Name      string   `json:"name"`
	Kind      string   `json:"kind" doc:"判法的类别"`
	Check     string   `json:"check"`
	Says      string   `json:"says" doc:"判什么，一句话"`
	Plainly   string   `json:"plainly" doc:"界线、豁免、要的数据，整句"`
	Reading   string   `json:"reading" doc:"口径，字段写作中文名"`
	Codes     string   `json:"reading_codes" doc:"口径原文，字段写作代码"`
	Severity  int      `json:"severity" doc:"1 明确违规，2 可疑，3 提示"`
	Stop      string   `json:"stop" doc:"停止级别"`
	Stages    []string `json:"stages" doc:"事前 事中 事后"`
	Basis     string   `json:"basis"`
	Message   string   `json:"message"`
	Advice    string   `json:"advice" doc:"怎样核实"`
	Guard     string   `json:"guard" doc:"附加条件"`
	Version   string   `json:"rule_version"`
	Local     bool     `json:"local" doc:"本地的卡"`
	Params    []Param  `json:"params"`
	Exempts   []string `json:"exempts"`
	Needs     []Need   `json:"needs"`
	Speaks    []string `json:"speaks_for" doc:"它说了就不再说的更宽的卡"`
	Cases     []string `json:"cases"`
	Points    int      `json:"points" doc:"知识点个数"`
	HasPoints bool     `json:"reads_points"`
	Text      string   `json:"text" doc:"YAML 原文"`
}

// Param is a limit that an area may set otherwise.
type Param struct {
	Name  string `json:"name"`
	Means string `json:"means"`
	Value string `json:"value"`
	Unit  string `json:"unit"`
	Own   bool   `json:"own" doc:"卡自己写的；否则是判法的缺省"`
}

// Need is a table that a card reads.
type Need struct {
	Table string `json:"table"`
	Title string `json:"title"`
}

// Pages are the pages of all cards, by id. points are those in force.
func Pages(cards []*rule.Card, points []knowledge.Point) ([]Page, error) {
	b, err := readBook(Options{Cards: cards, Points: points})
	if err != nil {
		return nil, err
	}
	out := make([]Page, 0, len(b.Views))
	for _, v := range b.Views {
		p := Page{ID: v.ID, Name: v.Name, Kind: v.Kind, Check: v.Card.Kind + "/" + v.Card.Check, Says: v.Says, Plainly: v.Plainly, Reading: b.guide.inWords(v.Card.Kind+"/"+v.Card.Check, v.Reading), Codes: v.Reading, Severity: v.Severity,
			Stop: v.StopText.Word, Stages: append([]string{}, v.Stages...), Basis: v.Basis, Message: v.Message, Advice: v.Advice, Guard: v.Guard, Version: v.Version, Local: v.Local,
			Params: []Param{}, Exempts: append([]string{}, v.Exempts...), Needs: []Need{}, Speaks: append([]string{}, v.Refines...), Cases: []string{}, Points: v.PointCount,
			HasPoints: v.Card.Points, Text: string(v.Card.Text())}
		for i := range v.Params {
			x := &v.Params[i]
			p.Params = append(p.Params, Param{x.Name, x.Means, x.With(), x.Unit, x.Set})
		}
		for _, n := range v.Needs {
			p.Needs = append(p.Needs, Need{n.Table, n.Title})
		}
		for _, c := range v.Card.Cases {
			p.Cases = append(p.Cases, c.Name)
		}
		out = append(out, p)
	}
	return out, nil
}
