package dip

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/casemix"
)

// auxGrades are the grades of each kind of the auxiliary catalogue.
var auxGrades = map[string][]string{
	"年龄":   {"0-28天", "29天-1岁", "1-6岁", "7-17岁", "66岁以上"},
	"严重程度": {"IV-A", "IV-B", "III", "II", "I-B", "I-A"},
	"肿瘤":   {"转移", "放疗", "化疗"},
}

// ageGrade of a case; "" for ages without one, and of an infant whose days are not told.
func ageGrade(k *Case) string {
	switch {
	case k.Age == 0 && k.AgeDays == casemix.None:
		return ""
	case k.Age == 0 && k.AgeDays <= 28:
		return "0-28天"
	case k.Age == 0:
		return "29天-1岁"
	case k.Age <= 6:
		return "1-6岁"
	case k.Age <= 17:
		return "7-17岁"
	case k.Age >= 66:
		return "66岁以上"
	}
	return ""
}

// severityGrade: death goes before MCC, MCC before CC, CC before light. "" where the length of stay decides and is not told.
func (c *Catalogue) severityGrade(k *Case, pdx string) string {
	known, short := k.LOS != casemix.None, k.LOS <= 3
	mcc, cc := c.complications(k, pdx)
	switch {
	case !known && (k.Discharge == 5 || !mcc && !cc):
		return ""
	case k.Discharge == 5 && short:
		return "IV-A"
	case k.Discharge == 5:
		return "IV-B"
	case mcc:
		return "III"
	case cc:
		return "II"
	case short:
		return "I-A"
	}
	return "I-B"
}

// Counted are the secondary diagnoses of a case that count as MCC or CC of the catalogue.
func (c *Catalogue) Counted(k *Case) []string {
	if len(k.Dx) == 0 {
		return nil
	}
	var out []string
	pdx, _ := c.codes.Diagnosis(k.Dx[0])
	for _, d := range k.Dx[1:] {
		one := *k
		code, _ := c.codes.Diagnosis(d)
		one.Dx = []string{pdx, code}
		if mcc, cc := c.complications(&one, pdx); mcc || cc {
			out = append(out, d)
		}
	}
	return out
}

func (c *Catalogue) complications(k *Case, pdx string) (mcc, cc bool) {
	starts := func(ps []string) bool {
		return slices.ContainsFunc(ps, func(p string) bool { return strings.HasPrefix(pdx, p) })
	}
	for _, d := range k.Dx[1:] {
		d = casemix.Fold(d)
		if d == pdx {
			continue
		}
		for _, x := range c.cc[d] {
			if (len(x.include) == 0 || starts(x.include)) && !starts(x.exclude) {
				mcc, cc = mcc || x.mcc, cc || !x.mcc
			}
		}
	}
	return mcc, cc
}

// tumourGrades of a case with a malignant principal diagnosis, or treated for one.
func tumourGrades(k *Case, pdx string) []string {
	if !strings.HasPrefix(pdx, "C") && !strings.HasPrefix(pdx, "Z51") {
		return nil
	}
	var out []string
	for _, d := range k.Dx {
		if d = casemix.Fold(d); d >= "C77" && d < "C80" {
			out = append(out, "转移")
			break
		}
	}
	for _, p := range k.Proc {
		switch p = casemix.Fold(p); {
		case strings.HasPrefix(p, "92.2"):
			out = append(out, "放疗")
		case strings.HasPrefix(p, "99.25"):
			out = append(out, "化疗")
		}
	}
	return out
}

// correct finds the auxiliary row: those of the case's own row before those for every row, of several the highest.
func (c *Catalogue) correct(k *Case, pdx string, r *Result) {
	if k.Age == 0 && k.AgeDays == casemix.None {
		r.say("没有日龄，不取年龄的辅助系数")
	}
	if k.LOS == casemix.None && c.severityGrade(k, pdx) == "" {
		r.say("没有住院天数，不取严重程度的辅助系数")
	}
	grades := map[string][]string{"年龄": {ageGrade(k)}, "严重程度": {c.severityGrade(k, pdx)}, "肿瘤": tumourGrades(k, pdx)}
	var best *Aux
	for _, scope := range []string{r.Row.Code, ""} {
		for i := range c.aux[scope] {
			a := &c.aux[scope][i]
			if slices.Contains(grades[a.Kind], a.Grade) && (best == nil || a.Coefficient > best.Coefficient) {
				best = a
			}
		}
		if best != nil {
			break
		}
	}
	r.Aux = best
	if best != nil {
		r.say("辅助目录：%s %s，系数 %s", best.Kind, best.Grade, best.Coefficient)
	}
}
