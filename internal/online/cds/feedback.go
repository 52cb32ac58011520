package cds

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online/fsi"
)

// outcome is an element of a feedback call.
type outcome struct {
	Card     string `json:"card"`
	Outcome  string `json:"outcome"`
	At       string `json:"outcomeTimestamp"`
	Accepted []struct {
		ID string `json:"id"`
	} `json:"acceptedSuggestions"`
	Override *struct {
		Reason  *coding `json:"reason"`
		Comment string  `json:"userComment"`
	} `json:"overrideReason"`
}

const (
	maxOutcomes = 100
	maxComment  = 500
)

// feedback takes what was done about cards. The same feedback may come again: whoever keeps it keeps it once.
func (s *server) feedback(ctx context.Context, who *auth.Identity, body []byte) (any, error) {
	if s.Reminders == nil {
		return nil, refuse(404, "本服务没有开通反馈")
	}
	var in struct {
		Feedback []outcome `json:"feedback"`
		Operator string    `json:"userId"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, refuse(400, "报文不是合法的反馈：%s", jsonError(err))
	}
	if n := len(in.Feedback); n == 0 || n > maxOutcomes {
		return nil, refuse(400, "feedback 应有 1 到 %d 条", maxOutcomes)
	}
	h := &fsi.Hearing{Channel: "cds", Key: who.Name, Inst: who.Scope.Inst, Operator: in.Operator, At: s.Now(), Feedback: fsi.Feedback{Stage: "1"}}
	for i := range in.Feedback {
		w, err := s.heard(&in.Feedback[i], i)
		if err != nil {
			return nil, err
		}
		h.Warns = append(h.Warns, w)
	}
	err := s.Reminders.Heard(ctx, h)
	var bad *fsi.Fault
	switch {
	case errors.Is(err, fsi.ErrUnknownReminder):
		return nil, refuse(404, "%v", err)
	case errors.As(err, &bad):
		return nil, refuse(400, "%s", bad.Text)
	}
	return map[string]any{}, err
}

func (s *server) heard(o *outcome, i int) (w fsi.Warn, err error) {
	if o.Card == "" {
		return w, refuse(400, "feedback[%d] 没有 card", i)
	}
	w.ID, _ = idOf(o.Card)
	switch o.Outcome {
	case "accepted":
		w.Way = fsi.Modified
		for _, a := range o.Accepted {
			jr, kind := idOf(a.ID)
			if jr != w.ID {
				return w, refuse(400, "feedback[%d] 采纳的建议 %s 不是这张卡片的", i, clip(a.ID, 40))
			}
			switch kind {
			case ofSelfPay:
				w.Way = fsi.SelfPaid
			case ofContinue:
				w.Way = fsi.Continued
			}
		}
	case "overridden":
		w.Way = fsi.Continued
	default:
		return w, refuse(400, "feedback[%d].outcome 应为 accepted 或 overridden，收到 %q", i, clip(o.Outcome, 20))
	}
	if x := o.Override; x != nil {
		if utf8.RuneCountInString(x.Comment) > maxComment {
			return w, refuse(400, "feedback[%d] 的说明超过 %d 字", i, maxComment)
		}
		w.Reason = x.Comment
		if x.Reason != nil && x.Reason.Code != "" {
			at := slices.IndexFunc(s.Reasons, func(r Reason) bool { return r.Code == x.Reason.Code })
			if at < 0 {
				return w, refuse(400, "feedback[%d] 的理由代码 %s 不在 overrideReasons 里", i, clip(x.Reason.Code, 40))
			}
			w.Code = s.Reasons[at].Code
			if w.Reason == "" {
				w.Reason = s.Reasons[at].Name
			}
		}
	}
	if w.Way == fsi.Continued && w.Reason == "" { // overridden without a reason is allowed by CDS Hooks: said as it is
		w.Reason = "未写理由"
	}
	return w, nil
}
