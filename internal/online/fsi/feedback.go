package fsi

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Feedback is a 3103: what the doctor did about reminders.
type Feedback struct {
	Stage string // warn_type: 1 before, 2 during
	Warns []Warn
}

// Ways of dealing with a reminder.
const (
	Continued = "1" // 继续执行医嘱
	Modified  = "2" // 返回修改
	SelfPaid  = "3" // 转自费；ours: the nation has 1 and 2
	Mistaken  = "4" // 提醒有误；ours
)

// Warn is one feedback line.
type Warn struct {
	ID     string // warn_rslt_id = jr_id
	Way    string // dspo_way: Continued, Modified; others are kept
	Code   string // dspo_way_rea_codg, ours; a code may also stand before a colon in the reason
	Reason string // dspo_way_rea
}

func warnFields() reads[Warn] {
	return reads[Warn]{
		"warn_rslt_id":      func(d *decoder, w *Warn) { d.text(&w.ID) },
		"jr_id":             func(d *decoder, w *Warn) { d.text(&w.ID) },
		"dspo_way":          func(d *decoder, w *Warn) { d.text(&w.Way) },
		"dspo_way_rea_codg": func(d *decoder, w *Warn) { d.text(&w.Code) },
		"dspo_way_rea":      func(d *decoder, w *Warn) { d.text(&w.Reason) },
	}
}

var feedbackNode = func() node[Feedback] {
	n := node[Feedback]{
		"warn_type": {0, func(d *decoder, f *Feedback) { d.text(&f.Stage) }},
		"warns": {1, func(d *decoder, f *Feedback) {
			d.nodes(d.lim.Items, func() {
				f.Warns = append(f.Warns, Warn{})
				members(d, d.p.warns, &f.Warns[len(f.Warns)-1], nil)
			})
		}},
	}
	n["warntype"] = n["warn_type"]
	return n
}()

// read reads the input: the data node, or its fields without the node.
func (f *Feedback) read(d *decoder) {
	root := node[Feedback]{"data": {2, func(d *decoder, f *Feedback) {
		d.one(func() { members(d, feedbackNode, f, nil) })
	}}}
	members(d, root, f, func(key string) bool {
		x, ok := feedbackNode.find(key)
		if ok {
			x.read(d, f)
		}
		return ok
	})
}

// maxReason is the length of dspo_way_rea in characters.
const maxReason = 500

// check refuses feedback that cannot be kept, whole: half of it kept would look as if the rest had been said.
func (f *Feedback) check() *Fault {
	const list = "input.data.warns"
	if len(f.Warns) == 0 {
		return &Fault{Code: Missing, Path: list, Text: "没有反馈明细"}
	}
	for i, w := range f.Warns {
		at := fmt.Sprintf("%s[%d]", list, i)
		switch {
		case w.ID == "":
			return &Fault{Code: Missing, Path: at + ".warn_rslt_id", Text: "没有预警结果编号（3101、3102 返回的 jr_id）"}
		case w.Way == "":
			return &Fault{Code: Missing, Path: at + ".dspo_way", Text: "没有处理方式：1 继续执行，2 返回修改"}
		case w.Way == Continued && w.Code == "" && strings.TrimSpace(w.Reason) == "":
			return &Fault{Code: Missing, Path: at + ".dspo_way_rea", Text: "继续执行要写理由"}
		case utf8.RuneCountInString(w.Reason) > maxReason:
			return &Fault{Code: TooBig, Path: at + ".dspo_way_rea", Text: fmt.Sprintf("理由超过 %d 字", maxReason)}
		}
	}
	return nil
}
