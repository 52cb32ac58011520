package libraryapi

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rulebook"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Book keeps the rule book of the library in force in a folder of its own: written again when somebody asks for it after the library
// changed, so that it knows what changed and when. Safe for concurrent use by one process.
type Book struct {
	Dir   string
	Today func() string // yyyy-MM-dd

	mu sync.Mutex
	of string // the library that the folder holds
}

// read is a file of the book.
func (b *Book) read(l Live, name string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of != l.ID {
		names := map[string]string{}
		pack, err := knowledge.Starter() // whose item names serve the shipped points
		if err != nil {
			return nil, err
		}
		for _, i := range pack.Items {
			names[i.Code] = i.Name
		}
		_, err = rulebook.Write(b.Dir, rulebook.Options{Cards: l.Cards, Points: l.Points, PointSource: "本系统在用", ItemNames: names, Date: b.Today()})
		if err != nil {
			return nil, err
		}
		b.of = l.ID
	}
	return os.ReadFile(filepath.Join(b.Dir, name))
}

type bookFile struct {
	Type string `header:"Content-Type"`
	As   string `header:"Content-Disposition"`
	Body []byte
}

// reader is whoever rules are announced to: people, and institutions' systems by their keys.
var reader = api.Need{Keys: true, Inst: true, Locals: true}

func (g *group) books(a *api.API) {
	api.Add(a, huma.Operation{OperationID: "library-book", Method: http.MethodGet, Path: "/api/library/rulebook", Summary: "整本规则说明书（压缩的网站，解开后用浏览器打开 index.html）", Tags: tags}, reader,
		func(context.Context, *struct{}) (*bookFile, error) {
			l := g.Live()
			data, err := l.Book.read(l, rulebook.Archive)
			return &bookFile{"application/zip", "attachment; filename*=UTF-8''" + url.PathEscape("明鉴规则说明书.zip"), data}, err
		})
	api.Add(a, huma.Operation{OperationID: "library-feed", Method: http.MethodGet, Path: "/api/library/feed", Summary: "规则变更的订阅（Atom）", Tags: tags,
		Description: "给阅读器或本院的系统定时取，用接口密钥签名（x-tif-…）；新出现的条目就是规则的增、改、停。"}, reader,
		func(context.Context, *struct{}) (*bookFile, error) {
			l := g.Live()
			data, err := l.Book.read(l, rulebook.Feed)
			return &bookFile{"application/atom+xml; charset=utf-8", "", data}, err
		})
}
