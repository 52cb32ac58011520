package fsi

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/online"
)

//go:embed profiles/*.yaml
var shipped embed.FS

// ProfileDir is the folder of a data directory with the user's own profiles; they come before the shipped ones.
const ProfileDir = "profiles"

// Profile is how a region writes the interface: transaction numbers, node and field names, dictionaries.
type Profile struct {
	ID    string
	Name  string
	areas []string // prefixes of the administrative division
	infno map[string]string

	envelope  node[Envelope]
	data      node[message]
	patient   node[online.Patient]
	encounter node[online.Encounter]
	diagnosis node[online.Diagnosis]
	order     node[online.Order]
	operation node[online.Operation]
	extra     node[online.Encounter]
	warns     node[Warn]
	bill      node[billHead]
	line      node[billLine]

	values map[string]map[string]string
	answer map[string]string // field of the answer → its name here

	rows sync.Pool // *rows of messages read before
}

// profileFile is a profile as written.
type profileFile struct {
	ID     string                       `yaml:"id"`
	Name   string                       `yaml:"name"`
	Areas  []string                     `yaml:"areas"`
	Infno  map[string]string            `yaml:"infno"`
	Names  map[string]map[string]string `yaml:"names"`
	Values map[string]map[string]string `yaml:"values"`
	Answer map[string]string            `yaml:"answer"`
}

// known are the transactions that are served, by national number.
var known = map[string]string{
	"3101": "明细审核事前分析", "3102": "明细审核事中分析", "3103": "事前事中服务反馈",
	"2204": "门诊费用明细上传", "2205": "门诊费用明细撤销", "2206": "门诊预结算", "2207": "门诊结算",
	"2208": "门诊结算撤销", "2305": "住院结算撤销",
	"3501": "商品盘存上传", "3502": "商品库存变更", "3503": "商品采购", "3504": "商品采购退货", "3505": "商品销售", "3506": "商品销售退货", "3507": "商品信息删除",
	"3701": "审核申诉、扣款节点查询", "3702": "申诉提交", "3703": "申请合议提交", "3704": "附件上传",
	"2301": "住院费用明细上传", "2302": "住院费用明细撤销", "2303": "住院预结算", "2304": "住院结算",
	"5203": "结算信息查询", "5204": "费用明细查询", "9001": "签到", "9002": "签退",
}

func compile(f *profileFile) (*Profile, error) {
	p := &Profile{ID: f.ID, Name: f.Name, areas: f.Areas, infno: f.Infno, values: f.Values, answer: f.Answer}
	var errs []error
	if p.ID == "" || p.Name == "" {
		errs = append(errs, errors.New("要写 id 和 name"))
	}
	for local, national := range f.Infno {
		if known[national] == "" {
			errs = append(errs, fmt.Errorf("infno：%s 对应的 %q 不是本服务的交易", local, national))
		}
	}
	for name := range f.Names {
		if !slices.Contains(nodeNames, name) {
			errs = append(errs, fmt.Errorf("names：没有节点 %q，可用：%s", name, strings.Join(nodeNames, "、")))
		}
	}
	for name := range f.Answer {
		if !slices.Contains(answerNames, name) {
			errs = append(errs, fmt.Errorf("answer：应答里没有字段 %q", name))
		}
	}
	p.envelope = table("envelope", envelopeFields(), f, &errs)
	p.data = table("data", dataFields(), f, &errs)
	p.patient = table("patient", patientFields(), f, &errs)
	p.encounter = table("encounter", encounterFields(), f, &errs)
	p.diagnosis = table("diagnosis", diagnosisFields(), f, &errs)
	p.order = table("order", orderFields(), f, &errs)
	p.operation = table("operation", operationFields(), f, &errs)
	p.warns = table("warn", warnFields(), f, &errs)
	p.bill = table("bill", billFields(), f, &errs)
	p.line = table("line", lineFields(), f, &errs)
	p.extra = table("extra", extraFields(), f, &errs)
	return p, errors.Join(errs...)
}

var nodeNames = []string{"envelope", "data", "patient", "encounter", "diagnosis", "order", "operation", "warn", "bill", "line", "extra"}

// table indexes a node's fields under the names of the nation and of the profile.
func table[T any](name string, rs reads[T], f *profileFile, errs *[]error) node[T] {
	n := node[T]{}
	add := func(key string, r func(*decoder, *T), index int) {
		n[key] = field[T]{index, r}
		if _, taken := n[fold(key)]; !taken {
			n[fold(key)] = field[T]{index, r}
		}
	}
	keys := make([]string, 0, len(rs))
	for key := range rs {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		add(key, rs[key], i)
	}
	locals := make([]string, 0, len(f.Names[name]))
	for local := range f.Names[name] {
		locals = append(locals, local)
	}
	slices.Sort(locals)
	for i, local := range locals {
		r, ok := rs[f.Names[name][local]]
		if !ok {
			*errs = append(*errs, fmt.Errorf("names.%s：%s 对应的 %q 不是这个节点的字段", name, local, f.Names[name][local]))
			continue
		}
		if len(keys)+i > 63 {
			*errs = append(*errs, fmt.Errorf("names.%s：别名太多，字段与别名合计至多 64 个", name))
			break
		}
		n[local] = field[T]{len(keys) + i, r}
		n[fold(local)] = n[local]
	}
	return n
}

// Profiles are the profiles a server knows. They do not change.
type Profiles struct {
	national *Profile
	all      []*Profile // the user's before the shipped
	envelope node[Envelope]
}

// LoadProfiles reads the shipped profiles and those of a data directory ("" = only the shipped). A profile that cannot be
// used is an error that names its file.
func LoadProfiles(dataDir string) (*Profiles, error) {
	ps := &Profiles{}
	var errs []error
	if dataDir != "" {
		own := os.DirFS(filepath.Join(dataDir, ProfileDir))
		errs = append(errs, ps.read(own, "*.yaml", filepath.Join(dataDir, ProfileDir)))
	}
	errs = append(errs, ps.read(shipped, "profiles/*.yaml", "自带"))
	for _, p := range ps.all {
		if p.ID == "national" {
			ps.national = p
			break
		}
	}
	ps.envelope = node[Envelope]{} // it is read before the region is known: every profile's names together
	for _, p := range ps.all {
		for key, f := range p.envelope {
			if _, taken := ps.envelope[key]; !taken {
				ps.envelope[key] = f
			}
		}
	}
	return ps, errors.Join(errs...)
}

func (ps *Profiles) read(from fs.FS, pattern, where string) error {
	names, err := fs.Glob(from, pattern)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		raw, err := fs.ReadFile(from, name)
		if err == nil {
			var p *Profile
			if p, err = parseProfile(raw); err == nil {
				if !slices.ContainsFunc(ps.all, func(q *Profile) bool { return q.ID == p.ID }) {
					ps.all = append(ps.all, p)
				}
				continue
			}
		}
		errs = append(errs, fmt.Errorf("接口方言 %s/%s：%w", where, name, err))
	}
	return errors.Join(errs...)
}

func parseProfile(raw []byte) (*Profile, error) {
	var f profileFile
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, err
	}
	return compile(&f)
}

// Of returns a profile by id, nil when there is none.
func (ps *Profiles) Of(id string) *Profile {
	for _, p := range ps.all {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// choose picks the profile of an area (the longest prefix), of those that know the transaction; else the one that alone
// knows the transaction; else the nation's.
func (ps *Profiles) choose(admdvs, infno string) *Profile {
	var best, only *Profile
	long := -1
	for _, p := range ps.all {
		if p.national(infno) == "" {
			continue
		}
		if _, own := p.infno[infno]; own && only == nil {
			only = p
		}
		for _, a := range p.areas {
			if strings.HasPrefix(admdvs, a) && len(a) > long {
				best, long = p, len(a)
			}
		}
	}
	switch {
	case best != nil:
		return best
	case only != nil:
		return only
	}
	return ps.national
}

// national is the national number of a transaction, "" when it is not served. Codes with a letter suffix are the
// transaction of the number.
func (p *Profile) national(infno string) string {
	if n := p.infno[infno]; n != "" {
		return n
	}
	if len(infno) == 5 && infno[4] >= 'A' && infno[4] <= 'Z' {
		if n := p.infno[infno[:4]]; n != "" {
			return n
		}
		infno = infno[:4]
	}
	if known[infno] == "" {
		return ""
	}
	return infno
}
