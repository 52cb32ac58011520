package dataapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/web/api"
)

func (g *group) starts() {
	api.Add(g.API, huma.Operation{OperationID: "start-import", Method: http.MethodPost, Path: "/api/data/imports", Summary: "导入上传的文件", Tags: []string{"数据接入"}, DefaultStatus: http.StatusAccepted, Errors: []int{404, 409},
		Description: "排队在另一个进程里做；用返回的任务看进度。"}, bring, g.start)
}

type startIn struct {
	Body struct {
		Uploads []string `json:"uploads" minItems:"1" maxItems:"200" doc:"上传编号"`
		Table   string   `json:"table,omitempty" maxLength:"64" doc:"所有文件都是这张表；不写则按文件名认表"`
	}
}

func (g *group) start(ctx context.Context, in *startIn) (*api.Tagged[api.JobItem], error) {
	if in.Body.Table != "" && claim.TableOf(in.Body.Table) == nil {
		return nil, fmt.Errorf("没有名为 %q 的表", in.Body.Table)
	}
	files, err := g.shelf.Whole(in.Body.Uploads, api.Who(ctx).Name)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range files {
		names = append(names, files[i].Name)
	}
	return g.queue(ctx, kindImport, shorten(names), importArgs{in.Body.Table, files}, "导入任务")
}
