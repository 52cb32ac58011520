// Package uploads takes files in pieces, so that a broken line costs a piece and no request is large, and keeps them until somebody makes
// something of them. A file is its sender's alone.
package uploads

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
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Bounds of uploads.
const (
	maxFile  = 8 << 30 // bytes of a file
	maxPiece = 4 << 20 // bytes of a piece
	maxWaits = 200     // files of a user that wait
	noteName = "upload.json"
)

var plainName = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// endings are the files that can be imported.
var endings = []string{".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz", ".xlsx", ".parquet"}

// Shelf is a folder where files wait, a folder each with a note and the content.
type Shelf struct{ Dir string }

// Upload is a file on its way.
type Upload struct {
	ID   string `json:"upload_id"`
	Name string `json:"name"`
	Size int64  `json:"size" doc:"字节"`
	Have int64  `json:"received" doc:"已收到的字节"`
	By   string `json:"by"`
	At   string `json:"at"`
}

// Operations adds the requests that bring files to the shelf under a path; noun goes into their names.
func (s *Shelf) Operations(a *api.API, path, noun, tag string, need api.Need) {
	tags := []string{tag}
	type fileID struct {
		ID string `path:"id" maxLength:"64"`
	}
	type list struct {
		Items []Upload `json:"items"`
	}
	api.Add(a, huma.Operation{OperationID: "begin-" + noun, Method: http.MethodPost, Path: path, Summary: "开始上传一个文件", Tags: tags, DefaultStatus: http.StatusCreated,
		Description: "再用 PUT 分块送内容，每块最多 4 MiB。"}, need, s.begin)
	api.Add(a, huma.Operation{OperationID: "list-" + noun + "s", Method: http.MethodGet, Path: path, Summary: "我上传了还没有用的文件", Tags: tags}, need,
		func(ctx context.Context, _ *struct{}) (*api.Body[list], error) {
			xs, err := s.mine(api.Who(ctx).Name)
			return &api.Body[list]{Body: list{xs}}, err
		})
	api.Add(a, huma.Operation{OperationID: "put-" + noun, Method: http.MethodPut, Path: path + "/{id}", Summary: "送一块内容", Tags: tags, Errors: []int{404, 409}, MaxBodyBytes: maxPiece + 1024}, need, s.piece)
	api.Add(a, huma.Operation{OperationID: "drop-" + noun, Method: http.MethodDelete, Path: path + "/{id}", Summary: "不要这个文件了", Tags: tags, Errors: []int{404}, DefaultStatus: http.StatusNoContent}, need,
		func(ctx context.Context, in *fileID) (*struct{}, error) {
			if _, err := s.File(in.ID, api.Who(ctx).Name); err != nil {
				return nil, err
			}
			return nil, s.Remove(in.ID)
		})
}

// Remove takes a file off the shelf.
func (s *Shelf) Remove(id string) error { return os.RemoveAll(filepath.Join(s.Dir, id)) }

// Whole reads files that came whole; one that did not is an error.
func (s *Shelf) Whole(ids []string, who string) ([]Upload, error) {
	var out []Upload
	for _, id := range ids {
		f, err := s.File(id, who)
		if err != nil {
			return nil, err
		}
		if f.Have < f.Size {
			return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, fmt.Sprintf("%s 还没有传完：%d 字节里收到 %d", f.Name, f.Size, f.Have))
		}
		out = append(out, *f)
	}
	return out, nil
}

func (s *Shelf) begin(ctx context.Context, in *struct {
	Body struct {
		Name string `json:"name" minLength:"5" maxLength:"200"`
		Size int64  `json:"size" minimum:"1"`
	}
}) (*api.Body[Upload], error) {
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
	have, err := s.mine(who)
	if err != nil {
		return nil, err
	}
	if len(have) >= maxWaits {
		return nil, fmt.Errorf("已有 %d 个文件还没有用：请先用掉或删除", len(have))
	}
	u := Upload{ID: store.NewID(), Name: name, Size: in.Body.Size, By: who, At: api.Moment(store.Micros(time.Now()))}
	dir := filepath.Join(s.Dir, u.ID)
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
	return &api.Body[Upload]{Body: u}, os.WriteFile(s.Content(&u), nil, 0o600)
}

// Content is where a file's bytes lie: in a folder of their own, so that the import sees its name and nothing is written over.
func (s *Shelf) Content(u *Upload) string {
	return filepath.Join(s.Dir, u.ID, "file", u.Name)
}

// File reads somebody's file; another's is not there.
func (s *Shelf) File(id, who string) (*Upload, error) {
	gone := fmt.Errorf("上传 %s %w", id, store.ErrNotFound)
	if !plainName.MatchString(id) {
		return nil, gone
	}
	b, err := os.ReadFile(filepath.Join(s.Dir, id, noteName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gone
	}
	var u Upload
	if err == nil {
		err = json.Unmarshal(b, &u)
	}
	if err != nil {
		return nil, err
	}
	if u.By != who {
		return nil, gone
	}
	st, err := os.Stat(s.Content(&u))
	if err != nil {
		return nil, gone
	}
	u.Have = st.Size()
	return &u, nil
}

func (s *Shelf) mine(who string) ([]Upload, error) {
	es, err := os.ReadDir(filepath.Join(s.Dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := []Upload{}
	for _, e := range es {
		u, err := s.File(e.Name(), who)
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
func (s *Shelf) piece(ctx context.Context, in *struct {
	ID      string `path:"id" maxLength:"64"`
	Offset  int64  `query:"offset" minimum:"0" doc:"这一块从第几个字节开始"`
	RawBody []byte `contentType:"application/octet-stream"`
}) (*api.Body[Upload], error) {
	u, err := s.File(in.ID, api.Who(ctx).Name)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Offset != u.Have:
		return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, fmt.Sprintf("已收到 %d 字节，请从那里接着送", u.Have))
	case u.Have+int64(len(in.RawBody)) > u.Size:
		return nil, fmt.Errorf("%s 说好 %d 字节，送来的更多", u.Name, u.Size)
	}
	f, err := os.OpenFile(s.Content(u), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	n, err := f.Write(in.RawBody)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	u.Have += int64(n)
	if u.Have == u.Size {
		err = s.looksRight(u)
	}
	return &api.Body[Upload]{Body: *u}, err
}

// looksRight tells whether a file's first bytes go with its name; one that does not is removed.
func (s *Shelf) looksRight(u *Upload) error {
	f, err := os.Open(s.Content(u))
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
	return errors.Join(fmt.Errorf("%s 的内容与后缀不符，没有收下", u.Name), os.RemoveAll(filepath.Join(s.Dir, u.ID)))
}
