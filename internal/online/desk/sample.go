package desk

import (
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
)

// Samples are requests in which everything is filled that the page can say: from them the engine learns what it carries.
func Samples() (map[string][]*online.Request, error) {
	k := &desk{Deps: Deps{Now: time.Now, Place: func(string) (Place, bool) {
		return Place{Code: "H99010100001", Name: "示例诊所", Area: "990101", Type: "1", Level: "11"}, true
	}}}
	in := typed{Psn: "P1", Name: "甲", Sex: "1", Birth: "1980-01-01", Visit: "M1", Doctor: "D990100000001", Rescue: true}
	in.Diags = append(in.Diags, struct {
		Code string `json:"code"`
		Name string `json:"name"`
	}{"I10", "高血压"})
	in.Items = append(in.Items, struct {
		Code string `json:"code"`
		Name string `json:"name"`
		List string `json:"list"`
		Cnt  string `json:"cnt"`
		Pric string `json:"pric"`
		Days string `json:"days"`
		Own  bool   `json:"own"`
	}{"XZZ01AAA001A001010100001", "示例药", "101", "1", "1", "7", false})
	r, err := k.request(&in, &auth.Identity{Name: "sample", Scope: auth.Scope{Inst: "H99010100001"}})
	return map[string][]*online.Request{channel: {r}}, err
}
