package libraryapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/web/api"
)

// SourceImport is one import of national sheets, own points or code maps that changed something.
type SourceImport struct {
	Version int             `json:"version"`
	At      string          `json:"at"`
	Files   []string        `json:"files"`
	Rows    knowledge.Tally `json:"rows" doc:"行数 = 已用 + 待裁决 + 不能用 + 重复 + 等另一半"`
	Live    int             `json:"live" doc:"导入后生效的知识点"`
	Pending int             `json:"pending" doc:"导入后待裁决的知识点"`
}

// SourceMap brings a local code to a national one.
type SourceMap struct {
	From  string `json:"src_code"`
	To    string `json:"dst_code"`
	Area  string `json:"admdvs"`
	Begin string `json:"begndate"`
	End   string `json:"enddate" doc:"空为一直"`
}

// shownMaps is how many code maps are listed.
const shownMaps = 500

type sources struct {
	Imports  []SourceImport           `json:"imports" doc:"从新到旧"`
	Pendings []knowledge.PendingGroup `json:"pendings" doc:"待裁决：原文与限定值不一致，裁决前不生效"`
	Maps     []SourceMap              `json:"maps" doc:"前 500 条"`
	MapCount int                      `json:"map_count"`
}

func (g *group) sources(a *api.API) {
	api.Add(a, huma.Operation{OperationID: "library-sources", Method: http.MethodGet, Path: "/api/library/sources", Summary: "知识库从哪里来：导入过的表、待裁决、编码对照", Tags: tags}, look,
		func(context.Context, *struct{}) (*api.Body[sources], error) {
			l := g.Live()
			out := sources{[]SourceImport{}, knowledge.GroupPendings(l.Plain.Pendings), []SourceMap{}, len(l.Maps)}
			if out.Pendings == nil {
				out.Pendings = []knowledge.PendingGroup{}
			}
			vs, err := l.Imports()
			if err != nil {
				return nil, err
			}
			for k := len(vs) - 1; k >= 0; k-- {
				v := vs[k]
				x := SourceImport{Version: v.Version, At: v.Time.UTC().Format(time.RFC3339), Files: []string{}, Rows: v.Rows, Live: v.Live, Pending: v.Pending}
				for _, f := range v.Files {
					x.Files = append(x.Files, f.Name)
				}
				out.Imports = append(out.Imports, x)
			}
			for _, m := range l.Maps[:min(len(l.Maps), shownMaps)] {
				x := SourceMap{From: m.Src, To: m.Dst, Area: m.Area, Begin: m.From.String()}
				if m.To != claim.OpenDay {
					x.End = m.To.String()
				}
				out.Maps = append(out.Maps, x)
			}
			return &api.Body[sources]{Body: out}, nil
		})
}
