package store

import "database/sql"

// Saved is something a person wrote once to use again: a filter of a list, a text of an appeal. Inst is the institution whose people it
// is for, "" for the bureau's.
type Saved struct {
	ID      string
	Kind    string
	Owner   string // login
	Inst    string
	Admdvs  string // division of the owner
	Shared  bool   // for all who have the owner's institution and division
	Name    string
	Body    string
	MadeAt  int64
	Version int64
}

func (x *Saved) fields() []any {
	return []any{&x.ID, &x.Kind, &x.Owner, &x.Inst, &x.Admdvs, &x.Shared, &x.Name, &x.Body, &x.MadeAt, &x.Version}
}

// AddSaved adds something to use again.
func (tx *Tx) AddSaved(x Saved) error { return insert(tx, &reviewSavedTable, x) }

// SavedFor lists what somebody of an institution ("" = the bureau) and division may use again, by name: his own and what others share.
func (tx *Tx) SavedFor(kind, login, inst, admdvs string, limit int) ([]Saved, error) {
	return list[Saved](tx, &reviewSavedTable, "WHERE kind = $1 AND fixmedins_code = $2 AND (owner = $3 OR (shared = 1 AND admdvs = $4)) ORDER BY name, saved_id LIMIT $5",
		kind, inst, login, admdvs, limit)
}

// DropSaved removes what somebody saved himself; ErrConflict when it is another version by now or not his.
func (tx *Tx) DropSaved(id, owner string, version int64) error {
	return tx.execOne("DELETE FROM review_saved WHERE saved_id = $1 AND owner = $2 AND version = $3", id, owner, version)
}

// PackagesIn lists packages within a scope, newest first. Empty filters choose all; sent leaves out what was not sent.
func (tx *Tx) PackagesIn(s Scope, state, inst, rule string, sent bool, p Page) ([]Package, error) {
	w := p.where("package_id")
	w.equal("fixmedins_code", s.Inst)
	if s.Admdvs != "" {
		w.add("admdvs >= "+w.bind(s.Admdvs)+" AND admdvs < "+w.bind(s.Admdvs+"~"), true)
	}
	w.equal("state", state)
	w.equal("fixmedins_code", inst)
	w.equal("rule_id", rule)
	w.add("sent_at <> 0", sent)
	return list[Package](tx, &reviewPackageTable, w.text()+" ORDER BY package_id DESC"+w.limit(p), w.args...)
}

// NoticesWithin lists the documents to institutions within a scope, newest first; waiting leaves those that nobody has signed for.
func (tx *Tx) NoticesWithin(s Scope, inst string, waiting bool, p Page) ([]Notice, error) {
	w := p.where("notice_id")
	w.equal("fixmedins_code", s.Inst)
	w.equal("fixmedins_code", inst)
	w.add("delivered_day = 0", waiting)
	if s.Admdvs != "" {
		w.add("EXISTS (SELECT 1 FROM review_inst i WHERE i.fixmedins_code = review_notice.fixmedins_code AND i.admdvs >= "+w.bind(s.Admdvs)+" AND i.admdvs < "+w.bind(s.Admdvs+"~")+")", true)
	}
	return list[Notice](tx, &reviewNoticeTable, w.text()+" ORDER BY notice_id DESC"+w.limit(p), w.args...)
}

// PanelsIn lists panels with a case within a scope, newest first; login "" or a member who does not stand aside.
func (tx *Tx) PanelsIn(s Scope, state, rule, login string, p Page) ([]Panel, error) {
	w := p.where("panel_id")
	w.equal("state", state)
	w.equal("rule_id", rule)
	if login != "" {
		w.add("panel_id IN (SELECT m.panel_id FROM panel_member m WHERE m.login = "+w.bind(login)+" AND m.recused = '')", true)
	}
	if s.Admdvs != "" || s.Inst != "" {
		c := "EXISTS (SELECT 1 FROM review_case c WHERE c.panel_id = review_panel.panel_id"
		if s.Admdvs != "" {
			c += " AND c.admdvs >= " + w.bind(s.Admdvs) + " AND c.admdvs < " + w.bind(s.Admdvs+"~")
		}
		if s.Inst != "" {
			c += " AND c.fixmedins_code = " + w.bind(s.Inst)
		}
		w.add(c+")", true)
	}
	return list[Panel](tx, &reviewPanelTable, w.text()+" ORDER BY panel_id DESC"+w.limit(p), w.args...)
}

// Alike lists the cases of a rule that came to an end, the newest first.
func (tx *Tx) Alike(rule, except string, limit int) ([]Case, error) {
	return list[Case](tx, &reviewCaseTable, "WHERE rule_id = $1 AND outcome <> '' AND finding_id <> $2 ORDER BY changed_at DESC, finding_id LIMIT $3", rule, except, limit)
}

// NamesOf are the names of institutions by code, of those that are known.
func (tx *Tx) NamesOf(codes []string) (map[string]string, error) {
	out := map[string]string{}
	err := inChunks(codes, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var code, name string
			err := r.Scan(&code, &name)
			out[code] = name
			return err
		}, "SELECT fixmedins_code, name FROM review_inst WHERE fixmedins_code IN ("+in+")", args...)
	})
	return out, err
}

// InstsNamed lists institutions within a scope whose code or name holds a text, by code.
func (tx *Tx) InstsNamed(s Scope, text string, limit int) ([]ReviewInst, error) {
	w := Page{}.where("")
	w.equal("fixmedins_code", s.Inst)
	if s.Admdvs != "" {
		w.add("admdvs >= "+w.bind(s.Admdvs)+" AND admdvs < "+w.bind(s.Admdvs+"~"), true)
	}
	if text != "" { // what is sought is in it when taking it out changes it
		w.add("(REPLACE(name, "+w.bind(text)+", '') <> name OR REPLACE(fixmedins_code, "+w.bind(text)+", '') <> fixmedins_code)", true)
	}
	return list[ReviewInst](tx, &reviewInstTable, w.text()+" ORDER BY fixmedins_code"+w.limit(Page{Limit: limit}), w.args...)
}

// Named is somebody, or a calling system, with whose data he works.
type Named struct {
	Login  string // or the key's id
	Name   string
	Admdvs string
	Inst   string
}

// People lists all people and calling systems.
func (tx *Tx) People() ([]Named, error) {
	return scanned(tx, func(p *Named) []any { return []any{&p.Login, &p.Name, &p.Admdvs, &p.Inst} },
		"SELECT login, name, admdvs, fixmedins_code FROM app_user UNION ALL SELECT key_id, name, admdvs, fixmedins_code FROM api_key")
}

// UsersOf lists the users of an institution, or of all, who are not closed, by login, with their roles.
func (tx *Tx) UsersOf(inst string) ([]User, error) {
	var out []User
	at := map[string]int{}
	err := tx.query(func(r *sql.Rows) error {
		var u User
		err := r.Scan(u.fields()...)
		at[u.ID] = len(out)
		out = append(out, u)
		return err
	}, "SELECT "+userColumns+" FROM app_user WHERE (fixmedins_code = $1 OR $1 = '') AND disabled = 0 ORDER BY login", inst)
	if err != nil {
		return nil, err
	}
	return out, tx.query(func(r *sql.Rows) error {
		var id, role string
		err := r.Scan(&id, &role)
		if i, ok := at[id]; ok {
			out[i].Roles = append(out[i].Roles, role)
		}
		return err
	}, "SELECT user_id, role FROM user_role ORDER BY user_id, role")
}

// SheetsIn lists the payment sheets of a month within a scope, by institution.
func (tx *Tx) SheetsIn(s Scope, month string) ([]Sheet, error) {
	w := Page{}.where("")
	w.equal("month", month)
	w.equal("fixmedins_code", s.Inst)
	if s.Admdvs != "" {
		w.add("EXISTS (SELECT 1 FROM review_inst i WHERE i.fixmedins_code = pay_sheet.fixmedins_code AND i.admdvs >= "+w.bind(s.Admdvs)+" AND i.admdvs < "+w.bind(s.Admdvs+"~")+")", true)
	}
	return list[Sheet](tx, &paySheetTable, w.text()+" ORDER BY fixmedins_code", w.args...)
}

// LinesElsewhere lists the lines of findings that belong to other institutions than one, by finding.
func (tx *Tx) LinesElsewhere(ids []string, inst string) (map[string][]Line, error) {
	out := map[string][]Line{}
	err := inChunks(ids, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var id string
			var l Line
			err := r.Scan(&id, &l.Inst, &l.Mdtrt, &l.Setl, &l.Sn)
			if l.Inst != inst {
				out[id] = append(out[id], l)
			}
			return err
		}, "SELECT finding_id, fixmedins_code, mdtrt_id, setl_id, feedetl_sn FROM finding_line WHERE finding_id IN ("+in+")", args...)
	})
	return out, err
}
