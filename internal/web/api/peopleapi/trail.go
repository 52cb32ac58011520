package peopleapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

type recordItem struct {
	At     string `json:"at"`
	Actor  string `json:"actor"`
	Action string `json:"action"`
	Object string `json:"object"`
	Detail string `json:"detail"`
	Chain  string `json:"chain"`
	Seq    int64  `json:"seq"`
	Hash   string `json:"hash"`
}

func recordOf(r *store.Record) recordItem {
	return recordItem{api.Moment(r.At), r.Actor, r.Action, r.Object, r.Detail, r.Chain, r.Seq, r.Hash}
}

// TrailFilter chooses records.
type TrailFilter struct {
	Actor  string `query:"actor" maxLength:"64" doc:"谁"`
	Action string `query:"action" maxLength:"32" doc:"做了什么"`
	Object string `query:"object" maxLength:"128" doc:"对什么"`
	From   string `query:"from" maxLength:"10" doc:"从哪一天，yyyy-MM-dd"`
	To     string `query:"to" maxLength:"10" doc:"到哪一天，含当天"`
}

func (f TrailFilter) store() (out store.TrailFilter, err error) {
	out = store.TrailFilter{Actor: f.Actor, Action: f.Action, Object: f.Object}
	for _, x := range []struct {
		text string
		to   *int64
		more int
	}{{f.From, &out.From, 0}, {f.To, &out.To, 1}} {
		if x.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, x.text, time.FixedZone("UTC+8", 8*3600))
		if err != nil {
			return out, fmt.Errorf("日期 %q 应为 2026-12-31 的样子", x.text)
		}
		*x.to = store.Micros(day.AddDate(0, 0, x.more))
	}
	return out, nil
}

// maxExport is how many records one export holds.
const maxExport = 100_000

func (g *group) trail() {
	tags, need := []string{"操作日志"}, api.Need{Any: []auth.Permission{auth.ReadTrail}}
	api.Add(g.API, huma.Operation{OperationID: "list-trail", Method: http.MethodGet, Path: "/api/trail", Summary: "操作日志", Tags: tags}, need,
		func(ctx context.Context, in *struct {
			Cursor string `query:"cursor" maxLength:"96" doc:"上一页的 next"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
			TrailFilter
		}) (*api.Body[api.List[recordItem]], error) {
			f, err := in.TrailFilter.store()
			if err != nil {
				return nil, err
			}
			var rs []store.Record
			page := api.Paging{Cursor: in.Cursor, Limit: in.Limit}
			err = g.DB.View(ctx, func(tx *store.Tx) (err error) { rs, err = tx.RecordsIn(f, page.Page()); return err })
			return api.Paged(rs, page, store.RecordCursor, recordOf), err
		})
	api.Add(g.API, huma.Operation{OperationID: "verify-trail", Method: http.MethodGet, Path: "/api/trail/verify", Summary: "核对日志是否完整", Tags: tags,
		Description: "从头到尾核对散列链、锚点和库外的锚点文件，指出第一条不符的。"}, need, func(ctx context.Context, _ *struct{}) (*api.Body[*auth.Verdict], error) {
		v, err := auth.Verify(ctx, g.Dir, g.DB)
		return &api.Body[*auth.Verdict]{Body: v}, err
	})
	api.Add(g.API, huma.Operation{OperationID: "export-trail", Method: http.MethodGet, Path: "/api/trail/export", Summary: "导出操作日志", Tags: tags,
		Description: "CSV，按条件，最多 10 万条；末行是导出人和时间。导出记入操作日志。"}, need, g.export)
}

// download is a file to be saved.
type download struct {
	Type string `header:"Content-Type"`
	As   string `header:"Content-Disposition"`
	Body []byte
}

// plain keeps a spreadsheet from reading a text as a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (g *group) export(ctx context.Context, in *struct{ TrailFilter }) (*download, error) {
	f, err := in.TrailFilter.store()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Write([]string{"时间", "操作人", "操作", "对象", "说明", "链", "序号", "散列"}) //nolint:errcheck // to memory
	n, cursor := 0, ""
	for n < maxExport {
		var rs []store.Record
		err := g.DB.View(ctx, func(tx *store.Tx) (err error) {
			rs, err = tx.RecordsIn(f, store.Page{Before: cursor, Limit: min(1000, maxExport-n)})
			return err
		})
		if err != nil {
			return nil, err
		}
		for i := range rs {
			x := recordOf(&rs[i])
			w.Write([]string{x.At, plain(x.Actor), plain(x.Action), plain(x.Object), plain(x.Detail), x.Chain, fmt.Sprint(x.Seq), x.Hash}) //nolint:errcheck // to memory
		}
		if n += len(rs); len(rs) == 0 {
			break
		}
		cursor = store.RecordCursor(&rs[len(rs)-1])
	}
	who := api.Who(ctx).Name
	w.Write([]string{"导出人 " + who, "导出时间 " + api.Moment(store.Micros(time.Now())), fmt.Sprintf("共 %d 条", n)}) //nolint:errcheck // to memory
	w.Flush()
	err = g.Trail.Do(ctx, g.DB, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: who, Action: "导出日志", Object: fmt.Sprintf("%d 条", n), Detail: fmt.Sprintf("%+v", in.TrailFilter)}}, nil
	})
	return &download{"text/csv; charset=utf-8", `attachment; filename="trail-` + strings.ReplaceAll(api.Today(), "-", "") + `.csv"`, b.Bytes()}, err
}
