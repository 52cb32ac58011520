package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	h := handler(fstest.MapFS{
		"index.html":      {Data: []byte("<title>明鉴</title>")},
		"assets/a-123.js": {Data: []byte("let a = 1")},
	})
	for _, c := range []struct {
		path, body, cache string
		status            int
	}{
		{"/", "明鉴", "no-cache", 200},
		{"/findings/abc", "明鉴", "no-cache", 200},
		{"/assets/a-123.js", "let a", "immutable", 200},
		{"/assets/gone.js", "404", "", 404},
		{"/../index.html", "明鉴", "no-cache", 200},
		{"/assets/../../etc/passwd", "明鉴", "no-cache", 200},
	} {
		r := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.URL.Path = c.path
		h.ServeHTTP(r, req)
		if r.Code == http.StatusMovedPermanently { // /index.html is /
			continue
		}
		if r.Code != c.status || !strings.Contains(r.Body.String(), c.body) || !strings.Contains(r.Header().Get("Cache-Control"), c.cache) {
			t.Errorf("%s: %d %q, cache %q", c.path, r.Code, r.Body, r.Header().Get("Cache-Control"))
		}
		if !strings.Contains(r.Header().Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: policy %q", c.path, r.Header().Get("Content-Security-Policy"))
		}
	}
}

func TestNotBuilt(t *testing.T) {
	t.Parallel()
	r := httptest.NewRecorder()
	handler(fstest.MapFS{}).ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/", nil))
	if r.Code != http.StatusServiceUnavailable || !strings.Contains(r.Body.String(), "make build") {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}
