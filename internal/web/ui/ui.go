// Package ui is the built console, embedded. The sources are in console/, the build puts its files into dist/app before
// the program is compiled; a program compiled without them says so instead of an empty page.
//
// It serves files and knows no data: what the console shows comes from the interface under /api.
package ui

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

//go:embed all:dist
var dist embed.FS

// policy lets the console load nothing but itself. Styles are inserted by the components, hence 'unsafe-inline' for them.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const missing = `<!doctype html><meta charset="utf-8"><title>明鉴</title><p style="font:16px sans-serif;margin:3em">这个程序编译时没有带上控制台。请用 <code>make build</code>（需要 Node.js）重新构建；接口和命令行不受影响。</p>`

// Handler serves the console: files by name, and its first page for every other address, which the console itself reads.
func Handler() http.Handler {
	app, err := fs.Sub(dist, "dist/app")
	if err != nil {
		panic(err) // the path is well formed
	}
	return handler(app)
}

// Built tells whether the console was there when the program was compiled.
func Built() bool {
	_, err := fs.Stat(dist, "dist/app/index.html")
	return err == nil
}

func handler(app fs.FS) http.Handler {
	files := http.FileServerFS(app)
	return gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if st, err := fs.Stat(app, name); name != "" && err == nil && !st.IsDir() {
			if strings.HasPrefix(name, "assets/") { // named by what they hold
				h.Set("Cache-Control", "public, max-age=31536000, immutable")
			} else {
				h.Set("Cache-Control", "no-cache")
			}
			files.ServeHTTP(w, r)
			return
		}
		if path.Ext(name) != "" { // a file that is gone, not a page
			http.NotFound(w, r)
			return
		}
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Type", "text/html; charset=utf-8")
		page, err := fs.ReadFile(app, "index.html")
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			w.Write([]byte(missing))
			return
		}
		w.Write(page)
	}))
}
