package review

import (
	"errors"
	"fmt"

	"github.com/mingjian/mingjian/internal/store"
)

// Code tells programs what was wrong; codes never change their meaning.
type Code string

// All codes.
const (
	CodeNotFound   Code = "review.not_found"  // not there, or not for this person to see
	CodePermission Code = "review.permission" // the person's roles do not allow it
	CodeState      Code = "review.state"      // the case is in another state
	CodeVersion    Code = "review.version"    // somebody else was faster
	CodeSelf       Code = "review.same_person"
	CodeReason     Code = "review.reason" // a reason is missing or unknown
	CodeInput      Code = "review.input"  // a value is missing or out of its range
	CodeDeadline   Code = "review.deadline"
	CodeDelivery   Code = "review.delivery"
	CodePanel      Code = "review.panel"
	CodeMachine    Code = "review.machine" // a re-audit says otherwise and nobody has answered
	CodePaused     Code = "review.paused"
	CodeOnce       Code = "review.once" // may happen only once
	CodeLedger     Code = "review.ledger"
	CodePeriod     Code = "review.period" // the month is closed, or cannot be closed
	CodeFile       Code = "review.file"
)

// Error is a refusal: a code for programs and a sentence for people that says what to do.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
}

func (e *Error) Error() string { return e.Message }

func refuse(c Code, format string, a ...any) *Error {
	return &Error{Code: c, Message: fmt.Sprintf(format, a...)}
}

func badField(field, format string, a ...any) *Error {
	return &Error{Code: CodeInput, Field: field, Message: fmt.Sprintf(format, a...)}
}

// CodeOf is the code of a refusal in err; "" when err is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// told turns what the store says into a refusal that people understand.
func told(err error) error {
	if err == nil || CodeOf(err) != "" {
		return err
	}
	switch {
	case errors.Is(err, store.ErrConflict):
		return refuse(CodeVersion, "这条记录刚被别人改过，请刷新后再办")
	case errors.Is(err, store.ErrNotFound):
		return refuse(CodeNotFound, "%s", err)
	case errors.Is(err, store.ErrCursor):
		return badField("after", "%s", err)
	}
	return err
}
