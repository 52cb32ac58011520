package store

import (
	"fmt"
	"strings"
)

// PretendNewer marks a store as migrated by a later program.
func PretendNewer(db *DB) error {
	_, err := db.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", SchemaVersion()+1, true)
	return err
}

// WriteLock writes the row that Lock writes on PostgreSQL only.
func (tx *Tx) WriteLock(name string) error {
	return tx.put(&reviewLockTable, lockRow{&name})
}

type lockRow struct{ name *string }

func (r lockRow) fields() []any {
	n := int64(1)
	return []any{r.name, &n}
}

// PretendWithoutDuties undoes migration 14 as in a store that took a later one before 14 was there.
func PretendWithoutDuties(db *DB) error {
	for _, q := range []string{"DROP INDEX trail_actor", "DROP INDEX trail_object", "DROP TABLE duty", "DELETE FROM goose_db_version WHERE version_id = 14"} {
		if _, err := db.write.Exec(q); err != nil {
			return err
		}
	}
	return nil
}

// BoardsDiffer compares each table of sums, in the months whose sums hold, with what the rows say: cells that only one of both has.
func (tx *Tx) BoardsDiffer() error {
	marks, err := tx.staleMarks(allMarks...)
	if err != nil {
		return err
	}
	for _, r := range rollups {
		of := r.table.columns[0].name // month or day
		months, err := tx.texts("SELECT " + of + " FROM " + r.table.name + " GROUP BY " + of)
		if err != nil {
			return err
		}
		if r.daily() {
			days, err := tx.callDays()
			if err != nil {
				return err
			}
			months = append(months, days...)
		} else {
			months = append(months, "2024-12", "2025-01", "2025-02")
		}
		changed := map[string]bool{}
		for k := range marks {
			if k.kind == r.kind {
				changed[k.month] = true
				changed[k.month[:7]] = true
			}
		}
		for _, month := range months {
			if changed[month] {
				continue
			}
			names := strings.Join(r.table.names(), ", ")
			rows := func(w *where) string {
				keys := strings.Join(r.table.names()[:r.table.key], ", ")
				parts := []string{keys}
				for _, s := range r.sumNames() {
					parts = append(parts, added(s)+" AS "+s)
				}
				return "SELECT " + strings.Join(parts, ", ") + " FROM (" + r.text(w, month) + ") a GROUP BY " + keys
			}
			w := &where{}
			kept := "SELECT " + names + " FROM " + r.table.name + " WHERE " + of + " = " + w.bind(month)
			var lost, extra int64
			if err := tx.one([]any{&extra}, "SELECT COUNT(*) FROM ("+kept+" EXCEPT "+rows(w)+") d", w.args...); err != nil {
				return err
			}
			w = &where{}
			want := rows(w)
			if err := tx.one([]any{&lost}, "SELECT COUNT(*) FROM ("+want+" EXCEPT SELECT "+names+" FROM "+r.table.name+" WHERE "+of+" = "+w.bind(month)+") d", w.args...); err != nil {
				return err
			}
			if lost+extra > 0 {
				return fmt.Errorf("%s of %s: %d cells are not what the rows say, %d are not there", r.table.name, month, extra, lost)
			}
		}
	}
	return nil
}

// CallRows and EpisodeRows add up the rows themselves.
func (tx *Tx) CallRows(f WatchFilter) (CallSums, error) { return tx.callRows(f) }

// EpisodeRows is EpisodeCells without the tables of sums.
func (tx *Tx) EpisodeRows(f WatchFilter) ([]EpisodeCell, error) { return tx.episodeRows(f) }

// VisitRows and SaidRows are VisitCount and SaidCounts without the tables of sums.
func (tx *Tx) VisitRows(f WatchFilter) (int64, error) { return tx.visitRows(f) }

// SaidRows is SaidCounts without the tables of sums.
func (tx *Tx) SaidRows(f WatchFilter) (map[string]int64, error) { return tx.saidRows(f) }
