package store

// Duty is work that one server of an installation does a day at a time, however many there are.
type Duty struct {
	Name    string
	Holder  string // who does it now, or did it last
	UntilAt int64  // microseconds UTC up to which the holder has it; 0 = nobody does it
	DoneDay string // yyyy-MM-dd in China for which it was done last; "" = never
	DoneAt  int64
	Said    string // how it ended
}

func (d *Duty) fields() []any {
	return []any{&d.Name, &d.Holder, &d.UntilAt, &d.DoneDay, &d.DoneAt, &d.Said}
}

// TakeDuty gives a duty to a holder until a moment, unless another one has it now; it also prolongs what the holder has. taken tells which.
func (tx *Tx) TakeDuty(name, holder string, now, until int64) (taken bool, err error) {
	if _, err := tx.exec("INSERT INTO duty (name, holder, until_at, done_day, done_at, said) VALUES ($1, '', 0, '', 0, '') ON CONFLICT (name) DO NOTHING", name); err != nil {
		return false, err
	}
	n, err := tx.exec("UPDATE duty SET holder = $1, until_at = $2 WHERE name = $3 AND (until_at <= $4 OR holder = $1)", holder, until, name, now)
	return n == 1, err
}

// EndDuty writes down that a holder has done a duty for a day and gives it back; ErrConflict when he no longer had it.
func (tx *Tx) EndDuty(name, holder, day, said string, now int64) error {
	return tx.execOne("UPDATE duty SET until_at = 0, done_day = $1, done_at = $2, said = $3 WHERE name = $4 AND holder = $5 AND until_at > 0", day, now, said, name, holder)
}

// LeaveDuty gives a duty back undone.
func (tx *Tx) LeaveDuty(name, holder string) error {
	_, err := tx.exec("UPDATE duty SET until_at = 0 WHERE name = $1 AND holder = $2", name, holder)
	return err
}

// Duty reads a duty; ErrNotFound before anybody took it.
func (tx *Tx) Duty(name string) (*Duty, error) {
	return only[Duty](tx, &dutyTable, "日常任务 "+name, "WHERE name = $1", name)
}
