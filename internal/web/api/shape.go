package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
)

// Paging is how a part of a list is asked for.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"上一页的 next；不写取最新的"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"一页最多多少条"`
}

// Page asks the store for one more than is shown, to know whether there are more.
func (p Paging) Page() store.Page { return store.Page{Before: p.Cursor, Limit: p.Limit + 1} }

// List is a part of a list.
type List[T any] struct {
	Items []T    `json:"items" doc:"从新到旧"`
	Next  string `json:"next" doc:"取下一页用的 cursor；空为没有了"`
}

// Paged makes the answer: key names a row for the next page.
func Paged[R, T any](rows []R, p Paging, key func(*R) string, item func(*R) T) *Body[List[T]] {
	out := &Body[List[T]]{Body: List[T]{Items: make([]T, 0, len(rows))}}
	for i := range rows[:min(len(rows), p.Limit)] {
		out.Body.Items = append(out.Body.Items, item(&rows[i]))
	}
	if len(rows) > p.Limit {
		out.Body.Next = key(&rows[p.Limit-1])
	}
	return out
}

// Body is an answer that has nothing but a body.
type Body[T any] struct{ Body T }

// Tagged is an answer with the row version, which a change must bring back.
type Tagged[T any] struct {
	ETag string `header:"ETag" doc:"行版本，改动时放进 If-Match"`
	Body T
}

// Tag adds the row version to an answer.
func Tag[T any](version int64, b T) *Tagged[T] {
	return &Tagged[T]{ETag: `"` + strconv.FormatInt(version, 10) + `"`, Body: b}
}

// Matched is what a change says it has seen.
type Matched struct {
	IfMatch string `header:"If-Match" doc:"读到的 ETag"`
}

// Version is the row version that the caller saw.
func (m Matched) Version() (int64, error) {
	s := strings.Trim(strings.TrimPrefix(strings.TrimSpace(m.IfMatch), "W/"), `"`)
	if s == "" {
		return 0, web.NewProblem(http.StatusPreconditionRequired, web.CodePrecondition, "请带上 If-Match，值为读到的 ETag")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, web.NewProblem(http.StatusPreconditionFailed, web.CodeVersion, "If-Match 不是读到的 ETag")
	}
	return n, nil
}

// china is the time in which moments are shown.
var china = time.FixedZone("UTC+8", 8*3600)

// Moment writes a stored time; "" = never.
func Moment(micros int64) string {
	if micros == 0 {
		return ""
	}
	return store.Moment(micros).In(china).Format(time.RFC3339)
}

// China is the time now in China.
func China() time.Time { return time.Now().In(china) }

// Today is the day in China, YYYY-MM-DD.
func Today() string { return time.Now().In(china).Format(time.DateOnly) }
