package model

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Draft is a model as a form writes it: the manifest, its statements, and the fixture's rows as CSV by view.
type Draft struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Purpose  string            `json:"purpose"`
	Method   string            `json:"method"`
	Subject  Subject           `json:"subject"`
	Step     string            `json:"step"`
	Picture  string            `json:"picture"`
	Severity int               `json:"severity"`
	Params   []Param           `json:"params"`
	Titles   map[string]string `json:"titles,omitempty"`
	Needs    []string          `json:"needs,omitempty"`
	Money    string            `json:"money"`
	Basis    string            `json:"basis"`
	Verify   string            `json:"verify"`
	Innocent []string          `json:"innocent"`
	SQL      string            `json:"sql"`
	Members  string            `json:"members_sql"`
	Rows     []DraftRows       `json:"rows"`
	Hit      []int64           `json:"hit"`  // case_key that must come out
	Twin     []int64           `json:"twin"` // keys of the innocent that look alike
}

// DraftRows are rows of one view for the fixture: the first line names columns, an empty cell is NULL.
type DraftRows struct {
	View string `json:"view"`
	CSV  string `json:"csv"`
}

// mostDraftRows bounds a fixture.
const mostDraftRows = 2000

// OwnID tells whether a model that is written here may have the id: M and three digits, or that of a model there already.
func (l *Library) OwnID(id string) bool {
	return len(id) == 4 && id[0] == 'M' && idShape.MatchString(id) || l.Model(id) != nil
}

// Model makes the model of a draft and checks it whole.
func (d *Draft) Model() (*Model, error) {
	m := &Model{ID: d.ID, Name: d.Name, Purpose: d.Purpose, Method: d.Method, Subject: d.Subject, Step: d.Step, Picture: d.Picture, Severity: d.Severity, Params: d.Params, Titles: d.Titles,
		Needs: d.Needs, Money: d.Money, Basis: d.Basis, Verify: d.Verify, Innocent: d.Innocent, Fixture: Fixture{Hit: d.Hit, Twin: d.Twin}, SQL: strings.TrimSpace(d.SQL), Members: strings.TrimSpace(d.Members), Own: true}
	for _, v := range views {
		if usesView(m.SQL+"\n"+m.Members, v.Name) {
			m.Inputs = append(m.Inputs, v.Name)
		}
	}
	var bad []error
	var stmts []string
	n := 0
	for _, r := range d.Rows {
		s, k, err := r.inserts()
		bad = append(bad, err)
		stmts = append(stmts, s...)
		n += k
	}
	if n > mostDraftRows {
		bad = append(bad, fmt.Errorf("样例最多 %d 行，这里有 %d 行", mostDraftRows, n))
	}
	m.Rows = strings.Join(stmts, ";\n")
	return m, errors.Join(append(bad, m.Check(""))...)
}

func usesView(sql, name string) bool {
	for _, w := range words.FindAllString(stripped(sql), -1) {
		if strings.EqualFold(w, name) {
			return true
		}
	}
	return false
}

// inserts makes statements of CSV rows. Numbers stay numbers, text is quoted; nothing else gets in.
func (r *DraftRows) inserts() (out []string, n int, err error) {
	v := ViewOf(r.View)
	if v == nil {
		return nil, 0, fmt.Errorf("样例里的 %q 不是可用的视图", r.View)
	}
	rd := csv.NewReader(strings.NewReader(strings.TrimSpace(r.CSV)))
	rd.TrimLeadingSpace = true
	recs, err := rd.ReadAll()
	if err != nil {
		return nil, 0, fmt.Errorf("样例 %s 的 CSV 读不懂：%w", r.View, err)
	}
	if len(recs) < 2 {
		return nil, 0, fmt.Errorf("样例 %s 至少要有列名一行、数据一行", r.View)
	}
	var bad []error
	types := make([]string, len(recs[0]))
	for i, c := range recs[0] {
		for _, k := range v.Columns {
			if k.Name == strings.TrimSpace(c) {
				types[i] = k.Type
			}
		}
		if types[i] == "" {
			bad = append(bad, fmt.Errorf("样例 %s 没有列 %q", r.View, c))
		}
		recs[0][i] = strings.TrimSpace(c)
	}
	if len(bad) > 0 {
		return nil, 0, errors.Join(bad...)
	}
	for k, rec := range recs[1:] {
		cells := make([]string, len(rec))
		for i, c := range rec {
			switch c = strings.TrimSpace(c); {
			case c == "":
				cells[i] = "NULL"
			case types[i] == "TEXT":
				cells[i] = "'" + strings.ReplaceAll(strings.NewReplacer(";\n", "；", "\n", " ", "\x00", "").Replace(c), "'", "''") + "'"
			default:
				x, err := strconv.ParseInt(c, 10, 64)
				if err != nil {
					bad = append(bad, fmt.Errorf("样例 %s 第 %d 行的 %s 为 %q：应为整数", r.View, k+1, recs[0][i], c))
				}
				cells[i] = strconv.FormatInt(x, 10)
			}
		}
		out = append(out, "INSERT INTO "+v.Name+" ("+strings.Join(recs[0], ", ")+") VALUES ("+strings.Join(cells, ", ")+")")
	}
	return out, len(out), errors.Join(bad...)
}

// Digest tells one text of a draft from another.
func (d *Draft) Digest() string {
	b, err := json.Marshal(d)
	if err != nil {
		return ""
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:12])
}

// Install writes a model into a data directory's own models, in the place of what was there; the library reads it from then on.
func Install(data string, m *Model) error {
	b, err := yaml.Marshal(m)
	if err != nil {
		return err
	}
	dir := OwnDir(data)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".model-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	made := filepath.Join(tmp, m.ID)
	if err := os.Mkdir(made, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{"model.yaml": string(b), "model.sql": m.SQL + "\n", "members.sql": m.Members, "fixture.sql": m.Rows + "\n"} {
		if strings.TrimSpace(text) == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(made, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if _, err := Load(os.DirFS(tmp), m.ID); err != nil {
		return err // what could not be read back must not reach the library
	}
	if err := Uninstall(data, m.ID); err != nil {
		return err
	}
	return os.Rename(made, filepath.Join(dir, m.ID))
}

// Uninstall takes a model of the data directory away; a shipped one of the same id comes back.
func Uninstall(data, id string) error {
	if !idShape.MatchString(id) {
		return fmt.Errorf("模型编号 %q 不合规", id)
	}
	return os.RemoveAll(filepath.Join(OwnDir(data), id))
}

// Installed tells whether a data directory has an own model with this text.
func Installed(data string, m *Model) bool {
	have, err := Load(os.DirFS(OwnDir(data)), m.ID)
	if errors.Is(err, fs.ErrNotExist) || have == nil {
		return false
	}
	return have.SQL == m.SQL && have.Members == m.Members && have.Name == m.Name && have.Rows == m.Rows && fmt.Sprint(have.Params) == fmt.Sprint(m.Params) && have.Severity == m.Severity
}
