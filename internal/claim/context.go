package claim

import (
	"slices"
	"strings"
)

// Tags are facts of a visit that many cards exempt; they are computed once, before any card (规则口径 §一).
type Tags uint32

// The context tags.
const (
	NewbornWithMother Tags = 1 << iota
	Rescue
	Emergency
	Trauma
	DaySurgery
	PreIpt
	Planned
	RemoteMode
	Dialysis
	Oncology
	Pregnancy
	Psychiatric
	BedDayPay
	Agent
	FamilyAccount
	Died
	Transferred
	LeftAgainstAdvice
	Fertility    // assisted reproduction: N46, N97, Z31
	DiseasePilot // the stay belongs to an official pilot of single-disease payment (Reference.InPilot)
)

// TagNames are the names by which cards exempt tags.
var TagNames = map[string]Tags{
	"newborn_with_mother": NewbornWithMother, "rescue": Rescue, "emergency": Emergency, "trauma": Trauma,
	"day_surgery": DaySurgery, "pre_ipt": PreIpt, "planned": Planned, "remote_mode": RemoteMode, "dialysis": Dialysis,
	"oncology": Oncology, "pregnancy": Pregnancy, "psychiatric": Psychiatric, "bed_day_pay": BedDayPay, "agent": Agent,
	"family_account": FamilyAccount, "death": Died, "transfer": Transferred, "left": LeftAgainstAdvice,
	"disease_pilot": DiseasePilot,
}

// TagTitles are the tags' names for people.
var TagTitles = map[string]string{
	"newborn_with_mother": "新生儿随母", "rescue": "抢救", "emergency": "急诊", "trauma": "外伤", "day_surgery": "日间手术", "pre_ipt": "预住院",
	"planned": "计划性再入院", "remote_mode": "互联网、家床或上门", "dialysis": "透析", "oncology": "肿瘤", "pregnancy": "妊娠", "psychiatric": "精神",
	"bed_day_pay": "床日付费", "agent": "代办", "family_account": "家庭共济", "death": "死亡", "transfer": "转院", "left": "非医嘱离院",
	"disease_pilot": "单病种付费试点",
}

// Setting is the set of ways of care a visit counts as (就医方式).
type Setting uint8

// The settings of 规则口径 §一.
const (
	Inpatient Setting = 1 << iota
	EmergencyCare
	RescueCare
	Outpatient
	Maternity
	Chronic  // 14*
	Pharmacy // 41
	OneStar  // med_type 1*: what visit-frequency cards count
)

var diagTagSets = []struct {
	tag Tags
	set DiagSet
}{
	{Trauma, MustDiagSet("S00-T35|T79")},
	{Dialysis, MustDiagSet("Z49|N18.5|N18.6|N185|N186")},
	{Oncology, MustDiagSet("C00-C97|D00-D09|Z51")},
	{Pregnancy, MustDiagSet("O00-O99|Z32-Z39")},
	{Fertility, MustDiagSet("N46|N97|Z31")},
}

var psychiatric = MustDiagSet("F00-F99")

// IsMedType tells whether a med_type belongs to a setting; what does not is seen by no card.
func IsMedType(code string) bool { return settingOf(code) != 0 }

// settingOf classifies a med_type.
func settingOf(medType string) Setting {
	var s Setting
	switch {
	case medType == "":
	case medType[0] == '2' || medType == "52":
		s = Inpatient
		if medType == "52" {
			s |= Maternity
		}
	case strings.HasPrefix(medType, "13"):
		s = EmergencyCare | OneStar
		if medType == "1301" {
			s |= RescueCare
		}
	case strings.HasPrefix(medType, "14"):
		s = Outpatient | Chronic | OneStar
	case medType[0] == '1':
		s = Outpatient | OneStar
	case medType == "51":
		s = Outpatient | Maternity
	case medType == "41":
		s = Outpatient | Pharmacy
	}
	return s
}

// Vocab resolves code-list strings to codes of one set of dictionaries, and classifies coded values.
type Vocab struct {
	ds       *Dicts
	settings []Setting // by code of DictList
	numbers  []int16   // small numeric value by code of DictList, −1 when not numeric
	diagTags []Tags    // by code of DictDiag
	psych    []bool
}

// NewVocab classifies what the dictionaries hold now; later codes are classified when they appear.
func NewVocab(ds *Dicts) *Vocab {
	v := &Vocab{ds: ds}
	v.grow()
	return v
}

func (v *Vocab) grow() {
	for c := len(v.settings); c < v.ds[DictList].Len(); c++ {
		s := v.ds[DictList].String(int32(c))
		v.settings = append(v.settings, settingOf(s))
		n, ok := digits(s)
		if s == "" || !ok || len(s) > 4 {
			n = -1
		}
		v.numbers = append(v.numbers, int16(n))
	}
	for c := len(v.diagTags); c < v.ds[DictDiag].Len(); c++ {
		s := v.ds[DictDiag].String(int32(c))
		var t Tags
		for _, d := range diagTagSets {
			if d.set.Has(s) {
				t |= d.tag
			}
		}
		v.diagTags = append(v.diagTags, t)
		v.psych = append(v.psych, psychiatric.Has(s))
	}
}

// Grow classifies codes that appeared since; only for a single-threaded owner of growing dictionaries.
func (v *Vocab) Grow() { v.grow() }

// Over returns a vocabulary over dictionaries laid over v's; v is not changed when it grows.
func (v *Vocab) Over(ds *Dicts) *Vocab {
	return &Vocab{ds: ds, settings: slices.Clip(v.settings), numbers: slices.Clip(v.numbers), diagTags: slices.Clip(v.diagTags), psych: slices.Clip(v.psych)}
}

// Num is the numeric value of a code-list value (gend "2" → 2, list_type "101" → 101), −1 when absent or not a number.
func (v *Vocab) Num(code int32) int {
	if code <= 0 || int(code) >= len(v.numbers) {
		return -1
	}
	return int(v.numbers[code])
}

// Flag tells whether a flag column says yes.
func (v *Vocab) Flag(code int32) bool { return v.Num(code) == 1 }

// Setting of a med_type code.
func (v *Vocab) Setting(code int32) Setting {
	if code <= 0 || int(code) >= len(v.settings) {
		return 0
	}
	return v.settings[code]
}

// Str of a code-list code.
func (v *Vocab) Str(code int32) string { return v.ds[DictList].String(code) }

// Dicts returns the dictionaries.
func (v *Vocab) Dicts() *Dicts { return v.ds }

func (v *Vocab) diagTag(code int32) Tags {
	if code <= 0 || int(code) >= len(v.diagTags) {
		return 0
	}
	return v.diagTags[code]
}

func (v *Vocab) isPsych(code int32) bool {
	return code > 0 && int(code) < len(v.psych) && v.psych[code]
}
