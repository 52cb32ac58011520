package web

import (
	"encoding/json"
	"net/http"
)

// Codes of problems. They are part of the interface: programs compare them, so none ever changes its meaning.
const (
	CodeBadRequest   = "bad_request"        // 400: cannot be read
	CodeInvalid      = "invalid"            // 422: read, but a value is wrong or the rules forbid it
	CodeSignIn       = "sign_in"            // 401: no session, key or signature that holds
	CodeForbidden    = "forbidden"          // 403: known, but may not do it
	CodeNotFound     = "not_found"          // 404: no such address or record, or not within the caller's scope
	CodeMethod       = "method_not_allowed" // 405
	CodeConflict     = "conflict"           // 409: not possible in the state it is in
	CodeVersion      = "version_mismatch"   // 412: someone else was faster
	CodeTooLarge     = "too_large"          // 413
	CodeTooMany      = "too_many"           // 429: Retry-After says when again
	CodeLocked       = "locked"             // 429: too many failed sign-ins
	CodeInternal     = "internal"           // 500: the request number finds it in the log
	CodeUnavailable  = "unavailable"        // 503: not ready, or stopping
	CodePrecondition = "version_required"   // 428: a change must say which version it is of
)

// Problem is an error as RFC 9457 writes it. Detail is Chinese, names the value and says what to do.
type Problem struct {
	Type     string  `json:"type"` // urn:mingjian:problem:CODE
	Title    string  `json:"title"`
	Status   int     `json:"status"`
	Detail   string  `json:"detail,omitempty"`
	Code     string  `json:"code"`
	Instance string  `json:"instance,omitempty"` // the request's number
	Errors   []Field `json:"errors,omitempty"`
}

// Field is one value that is wrong.
type Field struct {
	Where  string `json:"location"`
	Detail string `json:"message"`
}

// titles are the short names people see.
var titles = map[string]string{
	CodeBadRequest: "请求读不懂", CodeInvalid: "内容不合要求", CodeSignIn: "需要登录", CodeForbidden: "没有权限", CodeNotFound: "没有找到",
	CodeMethod: "方法不对", CodeConflict: "当前状态不能这样办", CodeVersion: "已被别人改过", CodeTooLarge: "内容太大", CodeTooMany: "请求太频繁",
	CodeLocked: "登录暂时锁定", CodeInternal: "系统内部错误", CodeUnavailable: "暂时不能服务", CodePrecondition: "缺少版本号",
}

// NewProblem makes a problem of a status and one of the codes.
func NewProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "urn:mingjian:problem:" + code, Title: titles[code], Status: status, Code: code, Detail: detail}
}

// Error makes a problem an error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Write answers with the problem.
func (p *Problem) Write(w http.ResponseWriter, r *http.Request) {
	out := *p
	out.Instance = RequestID(r.Context())
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(&out) //nolint:errcheck // who is gone cannot be told
}
