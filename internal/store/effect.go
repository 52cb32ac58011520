package store

import (
	"context"
	"database/sql"
	"strings"
)

// Episode is what became of one visit, rule and subject that somebody was reminded of. Money is in fen, quantities 1e-4.
type Episode struct {
	ID         string `json:"episode_id"`
	Psn        string `json:"psn_no"`
	Mdtrt      string `json:"mdtrt_id"`
	Rule       string `json:"rule_id"`
	Subject    string `json:"subject"`
	Inst       string `json:"fixmedins_code"`
	Dept       string `json:"dept"`
	Doctor     string `json:"doctor"`
	Day        string `json:"day"` // of the first reminder
	Inpatient  bool   `json:"inpatient"`
	Call       string `json:"call_id"`
	JrID       string `json:"warn_rslt_id"`
	Times      int    `json:"times"` // it was shown
	Choice     string `json:"choice"`
	Code       string `json:"code"`
	Outcome    string `json:"outcome"`
	Complied   bool   `json:"complied"`
	Hit        bool   `json:"hit"` // its net settled lines are still hit
	OrigCnt    int64  `json:"orig_cnt"`
	FinalCnt   int64  `json:"final_cnt"`
	OrigFund   int64  `json:"orig_fund_fen"`
	FinalFund  int64  `json:"final_fund_fen"`
	SubstFund  int64  `json:"subst_fund_fen"`
	Avoided    int64  `json:"avoided_fen"`
	Reopened   bool   `json:"reopened"`
	ReopenedAt string `json:"reopened_at"` // institution, visit and day
	SetlDay    string `json:"setl_day"`
	Frozen     bool   `json:"frozen"`
	AsOf       string `json:"as_of"`
	Note       string `json:"note"`
	Version    int64  `json:"version"`
}

func (e *Episode) fields() []any {
	return []any{&e.ID, &e.Psn, &e.Mdtrt, &e.Rule, &e.Subject, &e.Inst, &e.Dept, &e.Doctor, &e.Day, &e.Inpatient, &e.Call, &e.JrID, &e.Times, &e.Choice,
		&e.Code, &e.Outcome, &e.Complied, &e.Hit, &e.OrigCnt, &e.FinalCnt, &e.OrigFund, &e.FinalFund, &e.SubstFund, &e.Avoided, &e.Reopened, &e.ReopenedAt,
		&e.SetlDay, &e.Frozen, &e.AsOf, &e.Note, &e.Version}
}

var episodeColumns = strings.Join(episodeTable.names(), ", ")

func (tx *Tx) episodes(query string, args ...any) (out []Episode, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var e Episode
		err := r.Scan(e.fields()...)
		out = append(out, e)
		return err
	}, query, args...)
	return out, err
}

// EpisodesByID reads episodes.
func (tx *Tx) EpisodesByID(ids []string) (map[string]Episode, error) {
	out := map[string]Episode{}
	err := inChunks(ids, func(in string, args []any) error {
		es, err := tx.episodes("SELECT "+episodeColumns+" FROM reminder_episode WHERE episode_id IN ("+in+")", args...)
		for _, e := range es {
			out[e.ID] = e
		}
		return err
	})
	return out, err
}

// Episodes lists the episodes of a time (days, both included, "" = open) by day and id.
func (tx *Tx) Episodes(from, to string) ([]Episode, error) {
	return tx.episodes("SELECT "+episodeColumns+" FROM reminder_episode WHERE day >= $1 AND (day <= $2 OR $2 = '') ORDER BY day, episode_id", from, to)
}

// month is the month of the first reminder.
func (e *Episode) month() string { return e.Day[:min(7, len(e.Day))] }

// PutEpisodes writes episodes in the place of those with the same ids, except of frozen ones.
func (tx *Tx) PutEpisodes(es []Episode) error {
	ids := make([]string, len(es))
	for i := range es {
		ids[i] = es[i].ID
	}
	was, err := tx.EpisodesByID(ids)
	if err != nil {
		return err
	}
	var put []Episode
	var out []string
	for _, e := range es {
		w, ok := was[e.ID]
		if ok && w.Frozen {
			continue
		}
		e.Version = w.Version
		if ok {
			if e == w {
				continue
			}
			out = append(out, e.ID)
			tx.mark(markEpisode, w.month(), "", "")
		}
		tx.mark(markEpisode, e.month(), "", "")
		e.Version++
		put = append(put, e)
	}
	err = inChunks(out, func(in string, args []any) error {
		_, err := tx.exec("DELETE FROM reminder_episode WHERE frozen = 0 AND episode_id IN ("+in+")", args...)
		return err
	})
	if err != nil {
		return err
	}
	return tx.load(episodeTable.name, episodeTable.names(), len(put), func(i int) []any { return bound(put[i].fields()) })
}

// EffectSum is the effect on one part: a rule, an institution, a department, a doctor, a day.
type EffectSum struct {
	Key      string           `json:"key"`
	Episodes int64            `json:"episodes"`
	Outcomes map[string]int64 `json:"outcomes"`
	Complied int64            `json:"complied"`
	Reopened int64            `json:"reopened"`
	Avoided  int64            `json:"avoided_fen"`
	Frozen   int64            `json:"frozen"`
	// FrozenFen is the part of Avoided that stands, BackFen what was avoided at first and taken back; Avoided does not hold it.
	FrozenFen int64 `json:"frozen_fen"`
	BackFen   int64 `json:"back_fen"`
}

// Told is what the doctor was told of what became a finding.
type Told struct {
	Finding  string `json:"finding_id"`
	Told     string `json:"told"`
	Call     string `json:"call_id"`
	JrID     string `json:"warn_rslt_id"`
	CallAt   int64  `json:"call_at"`
	Choice   string `json:"choice"`
	Equal    bool   `json:"equal_facts"`
	Missing  string `json:"missing"`
	Revision string `json:"-"` // of the finding when it was worked out
	MadeAt   int64  `json:"-"`
}

func (t *Told) fields() []any {
	return []any{&t.Finding, &t.Told, &t.Call, &t.JrID, &t.CallAt, &t.Choice, &t.Equal, &t.Missing, &t.Revision, &t.MadeAt}
}

var toldColumns = strings.Join(toldTable.names(), ", ")

// ToldOf reads what was told of findings, by finding_id.
func (tx *Tx) ToldOf(ids []string) (map[string]Told, error) {
	out := map[string]Told{}
	err := inChunks(ids, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var t Told
			err := r.Scan(t.fields()...)
			out[t.Finding] = t
			return err
		}, "SELECT "+toldColumns+" FROM finding_told WHERE finding_id IN ("+in+")", args...)
	})
	return out, err
}

// PutTold writes what was told of findings in the place of what stood there.
func (tx *Tx) PutTold(ts []Told) error {
	ids := make([]string, len(ts))
	for i := range ts {
		ids[i] = ts[i].Finding
	}
	err := inChunks(ids, func(in string, args []any) error {
		_, err := tx.exec("DELETE FROM finding_told WHERE finding_id IN ("+in+")", args...)
		return err
	})
	if err != nil {
		return err
	}
	return tx.load(toldTable.name, toldTable.names(), len(ts), func(i int) []any { return bound(ts[i].fields()) })
}

// ToldCounts counts standing findings by what was told.
func (db *DB) ToldCounts(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var k string
			var n int64
			err := r.Scan(&k, &n)
			out[k] = n
			return err
		}, "SELECT t.told, COUNT(*) FROM finding_told t JOIN finding f ON f.finding_id = t.finding_id WHERE f.withdrawn = 0 GROUP BY t.told")
	})
	return out, err
}

// EachCalledVisit calls f with the mdtrt_id of every visit that a call spoke of.
func (db *DB) EachCalledVisit(ctx context.Context, f func(mdtrt string) error) error {
	return db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var m string
			if err := r.Scan(&m); err != nil {
				return err
			}
			return f(m)
		}, "SELECT DISTINCT mdtrt_id FROM reminder_visit")
	})
}
