package api

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
)

// problem says what an error is called over HTTP. What the machine failed at is logged and not told; what somebody did wrong is told
// as it was said.
func (a *API) problem(ctx context.Context, err error) *web.Problem {
	var p *web.Problem
	switch {
	case errors.As(err, &p):
	case a.known(err) != nil:
		p = a.known(err)
	case errors.Is(err, auth.ErrLocked):
		p = web.NewProblem(http.StatusTooManyRequests, web.CodeLocked, auth.ErrLocked.Error())
	case errors.Is(err, auth.ErrDenied):
		p = web.NewProblem(http.StatusUnauthorized, web.CodeSignIn, auth.ErrDenied.Error())
	case errors.Is(err, govern.ErrForbidden):
		p = web.NewProblem(http.StatusForbidden, web.CodeForbidden, err.Error())
	case errors.Is(err, store.ErrNotFound):
		p = web.NewProblem(http.StatusNotFound, web.CodeNotFound, err.Error())
	case errors.Is(err, store.ErrConflict):
		p = web.NewProblem(http.StatusPreconditionFailed, web.CodeVersion, store.ErrConflict.Error())
	case errors.Is(err, govern.ErrState):
		p = web.NewProblem(http.StatusConflict, web.CodeConflict, err.Error())
	case errors.Is(err, store.ErrExists):
		p = web.NewProblem(http.StatusConflict, web.CodeConflict, store.ErrExists.Error())
	case store.Failed(err) || failedFile(err):
		a.Log.Error("cannot answer", "request", web.RequestID(ctx), "error", err.Error())
		p = web.NewProblem(http.StatusServiceUnavailable, web.CodeUnavailable, "暂时办不了，请稍后再试；仍不行请把编号 "+web.RequestID(ctx)+" 告诉管理员")
	default:
		p = web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	}
	out := *p
	out.Instance = web.RequestID(ctx)
	return &out
}

// known asks the areas whether an error is one of theirs.
func (a *API) known(err error) *web.Problem {
	for _, f := range a.Errors {
		if p := f(err); p != nil {
			return p
		}
	}
	return nil
}

func failedFile(err error) bool {
	var file *fs.PathError
	return errors.As(err, &file)
}

// humaProblem makes a problem of what the framework finds wrong with a request. Values are not repeated: one of them may be a password.
func humaProblem(status int, msg string, errs ...error) huma.StatusError {
	code, detail := web.CodeInvalid, "请求的内容不合要求，见 errors"
	switch status {
	case http.StatusBadRequest:
		code, detail = web.CodeBadRequest, "请求读不懂：不是合格的 JSON，或缺少内容"
	case http.StatusRequestEntityTooLarge:
		code, detail = web.CodeTooLarge, "内容太大"
	case http.StatusRequestTimeout:
		code, detail = web.CodeBadRequest, "内容没有在规定时间内传完"
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		code, detail = web.CodeBadRequest, "只收发 application/json"
	case http.StatusInternalServerError:
		code, detail = web.CodeInternal, "系统内部错误"
	}
	p := web.NewProblem(status, code, detail)
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			x := d.ErrorDetail()
			p.Errors = append(p.Errors, web.Field{Where: x.Location, Detail: inChinese(x.Message)})
		}
	}
	return p
}

// inChinese turns the framework's fixed sentences.
func inChinese(s string) string {
	switch {
	case strings.HasPrefix(s, "required ") && strings.HasSuffix(s, "parameter is missing"):
		return "缺少这个参数"
	case s == "expected at most one value, but received multiple values":
		return "只能写一个值"
	case strings.Contains(s, "invalid "), strings.HasPrefix(s, "unexpected end"), strings.HasPrefix(s, "json:"):
		return "写法不对"
	}
	return s
}

// The framework's words and its shape of errors are variables of its packages; they are set once, before any operation is registered.
func init() {
	huma.NewError = humaProblem
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		p := humaProblem(status, msg, errs...)
		if x, ok := p.(*web.Problem); ok && ctx != nil {
			x.Instance = web.RequestID(ctx.Context())
		}
		return p
	}
	validation.MsgUnexpectedProperty = "没有这个字段"
	validation.MsgExpectedRequiredProperty = "缺少必填字段 %s"
	validation.MsgExpectedBoolean = "应为 true 或 false"
	validation.MsgExpectedNumber = "应为数字"
	validation.MsgExpectedInteger = "应为整数"
	validation.MsgExpectedString = "应为文字"
	validation.MsgExpectedArray = "应为数组"
	validation.MsgExpectedObject = "应为对象"
	validation.MsgExpectedOneOf = "只能是这些之一：%s"
	validation.MsgExpectedMinimumNumber = "不能小于 %v"
	validation.MsgExpectedMaximumNumber = "不能大于 %v"
	validation.MsgExpectedMinLength = "至少 %d 个字"
	validation.MsgExpectedMaxLength = "最多 %d 个字"
	validation.MsgExpectedMatchPattern = "写法不对，应符合 %s"
	validation.MsgExpectedBePattern = "应为 %s"
}
