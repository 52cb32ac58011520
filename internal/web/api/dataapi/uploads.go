package dataapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Bounds of uploads: files come in pieces, so that a broken line costs a piece and no request is large.
const (
	maxFile  = 8 << 30 // bytes of a file
	maxPiece = 4 << 20 // bytes of a piece
	maxWaits = 200     // files of a user that were not imported yet
	noteName = "upload.json"
)

// endings are the files that can be imported.
var endings = []string{".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz", ".xlsx", ".parquet"}

// upload is a file on its way, a folder of uploads with its note and its content.
type upload struct {
	ID   string `json:"upload_id"`
	Name string `json:"name"`
	Size int64  `json:"size" doc:"字节"`
	Have int64  `json:"received" doc:"已收到的字节"`
	By   string `json:"by"`
	At   string `json:"at"`
}

func (g *group) uploads() {
	tags := []string{"数据接入"}
	type uploadID struct {
		ID string `path:"id" maxLength:"64"`
	}
	api.Add(g.API, huma.Operation{OperationID: "begin-upload", Method: http.MethodPost, Path: "/api/data/uploads", Summary: "开始上传一个文件", Tags: tags, DefaultStatus: http.StatusCreated,
		Description: "再用 PUT 分块送内容，每块最多 4 MiB；全部收到后用 POST /api/data/imports 导入。"}, bring, g.begin)
	api.Add(g.API, huma.Operation{OperationID: "list-uploads", Method: http.MethodGet, Path: "/api/data/uploads", Summary: "我上传了还没有导入的文件", Tags: tags}, bring,
		func(ctx context.Context, _ *struct{}) (*api.Body[struct {
			Items []upload `json:"items"`
		}], error) {
			out := &api.Body[struct {
				Items []upload `json:"items"`
			}]{}
			var err error
			out.Body.Items, err = g.mine(api.Who(ctx).Name)
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "put-upload", Method: http.MethodPut, Path: "/api/data/uploads/{id}", Summary: "送一块内容", Tags: tags, Errors: []int{404, 409}, MaxBodyBytes: maxPiece + 1024}, bring, g.piece)
	api.Add(g.API, huma.Operation{OperationID: "drop-upload", Method: http.MethodDelete, Path: "/api/data/uploads/{id}", Summary: "不要这个文件了", Tags: tags, Errors: []int{404}, DefaultStatus: http.StatusNoContent}, bring,
		func(ctx context.Context, in *uploadID) (*struct{}, error) {
			if _, err := g.upload(in.ID, api.Who(ctx).Name); err != nil {
				return nil, err
			}
			return nil, os.RemoveAll(filepath.Join(g.Dir, uploadsDir, in.ID))
		})
	api.Add(g.API, huma.Operation{OperationID: "start-import", Method: http.MethodPost, Path: "/api/data/imports", Summary: "导入上传的文件", Tags: tags, DefaultStatus: http.StatusAccepted, Errors: []int{404, 409},
		Description: "排队在另一个进程里做；用返回的任务看进度。"}, bring, g.start)
}

func (g *group) begin(ctx context.Context, in *struct {
	Body struct {
		Name string `json:"name" minLength:"5" maxLength:"200"`
		Size int64  `json:"size" minimum:"1"`
	}
}) (*api.Body[upload], error) {
	name := in.Body.Name
	if name != filepath.Base(name) || strings.ContainsAny(name, `/\:*?"<>|`) || strings.HasPrefix(name, ".") || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, fmt.Errorf("文件名 %q 里有不能用的字符", name)
	}
	if !slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(strings.ToLower(name), e) }) {
		return nil, fmt.Errorf("%s 不是能导入的文件：可用 %s", name, strings.Join(endings, " "))
	}
	if in.Body.Size > maxFile {
		return nil, web.NewProblem(http.StatusRequestEntityTooLarge, web.CodeTooLarge, fmt.Sprintf("%s 超过 %d GiB：请拆开，或在服务器上用 mingjian import", name, maxFile>>30))
	}
	who := api.Who(ctx).Name
	have, err := g.mine(who)
	if err != nil {
		return nil, err
	}
	if len(have) >= maxWaits {
		return nil, fmt.Errorf("已有 %d 个文件没有导入：请先导入或删除", len(have))
	}
	u := upload{ID: store.NewID(), Name: name, Size: in.Body.Size, By: who, At: api.Moment(store.Micros(time.Now()))}
	dir := filepath.Join(g.Dir, uploadsDir, u.ID)
	if err := os.MkdirAll(filepath.Join(dir, "file"), 0o700); err != nil {
		return nil, err
	}
	b, err := json.Marshal(u)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, noteName), b, 0o600); err != nil {
		return nil, err
	}
	return &api.Body[upload]{Body: u}, os.WriteFile(g.content(&u), nil, 0o600)
}

// content is where a file's bytes lie: in a folder of their own, so that the import sees its name and nothing is written over.
func (g *group) content(u *upload) string {
	return filepath.Join(g.Dir, uploadsDir, u.ID, "file", u.Name)
}

// upload reads somebody's upload; another's is not there.
func (g *group) upload(id, who string) (*upload, error) {
	gone := fmt.Errorf("上传 %s %w", id, store.ErrNotFound)
	if !plainName.MatchString(id) {
		return nil, gone
	}
	b, err := os.ReadFile(filepath.Join(g.Dir, uploadsDir, id, noteName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gone
	}
	var u upload
	if err == nil {
		err = json.Unmarshal(b, &u)
	}
	if err != nil {
		return nil, err
	}
	if u.By != who {
		return nil, gone
	}
	st, err := os.Stat(g.content(&u))
	if err != nil {
		return nil, gone
	}
	u.Have = st.Size()
	return &u, nil
}

func (g *group) mine(who string) ([]upload, error) {
	es, err := os.ReadDir(filepath.Join(g.Dir, uploadsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := []upload{}
	for _, e := range es {
		u, err := g.upload(e.Name(), who)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, *u)
	}
	return out, nil
}

// piece takes the next bytes of a file. A piece that came already is answered with how much is there, so that the sender goes on.
func (g *group) piece(ctx context.Context, in *struct {
	ID      string `path:"id" maxLength:"64"`
	Offset  int64  `query:"offset" minimum:"0" doc:"这一块从第几个字节开始"`
	RawBody []byte `contentType:"application/octet-stream"`
}) (*api.Body[upload], error) {
	u, err := g.upload(in.ID, api.Who(ctx).Name)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Offset != u.Have:
		return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, fmt.Sprintf("已收到 %d 字节，请从那里接着送", u.Have))
	case u.Have+int64(len(in.RawBody)) > u.Size:
		return nil, fmt.Errorf("%s 说好 %d 字节，送来的更多", u.Name, u.Size)
	}
	f, err := os.OpenFile(g.content(u), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	n, err := f.Write(in.RawBody)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	u.Have += int64(n)
	if u.Have == u.Size {
		err = g.looksRight(u)
	}
	return &api.Body[upload]{Body: *u}, err
}

// looksRight tells whether a file's first bytes go with its name; one that does not is removed.
func (g *group) looksRight(u *upload) error {
	f, err := os.Open(g.content(u))
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	name, ok := strings.ToLower(u.Name), true
	switch {
	case strings.HasSuffix(name, ".gz"):
		ok = strings.HasPrefix(string(head), "\x1f\x8b")
	case strings.HasSuffix(name, ".xlsx"):
		ok = strings.HasPrefix(string(head), "PK\x03\x04")
	case strings.HasSuffix(name, ".parquet"):
		ok = strings.HasPrefix(string(head), "PAR1")
	default:
		ok = !slices.Contains(head, 0) || strings.HasPrefix(string(head), "\xff\xfe") || strings.HasPrefix(string(head), "\xfe\xff")
	}
	if ok {
		return nil
	}
	return errors.Join(fmt.Errorf("%s 的内容与后缀不符，没有收下", u.Name), os.RemoveAll(filepath.Join(g.Dir, uploadsDir, u.ID)))
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
	args := importArgs{Table: in.Body.Table}
	var names []string
	for _, id := range in.Body.Uploads {
		u, err := g.upload(id, api.Who(ctx).Name)
		if err != nil {
			return nil, err
		}
		if u.Have < u.Size {
			return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, fmt.Sprintf("%s 还没有传完：%d 字节里收到 %d", u.Name, u.Size, u.Have))
		}
		args.Uploads = append(args.Uploads, *u)
		names = append(names, u.Name)
	}
	return g.queue(ctx, kindImport, shorten(names), args, "导入任务")
}
