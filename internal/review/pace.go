package review

import "time"

// pace says how many rows a bulk job works on in one transaction. SQLite has one writer: while a transaction of a bulk job lasts, nobody
// decides anything. So a transaction that lasted longer than holdAtMost is followed by a smaller one, whatever made it slow (a cold disk, a busy
// machine, findings with many lines); between two of them whoever waits has his turn. What a job promises is per row, never per transaction: a
// job that breaks off has done some rows wholly and the others not at all.
type pace struct {
	n     int
	alone bool // the engine has one writer
	began time.Time
}

const (
	holdAtMost = 20 * time.Millisecond
	takeAtOnce = 40 // at most
	paceFirst  = 10
	paceLeast  = 3 // a transaction costs something itself
)

func (d *Desk) pace() *pace {
	if d.DB.Writers() > 1 {
		return &pace{n: takeAtOnce}
	}
	return &pace{n: paceFirst, alone: true}
}

// of is how many of the rows left come next.
func (p *pace) of(left int) int { return min(p.n, left) }

// begin is called when the transaction has begun, that is when the writer is held; again when it is run again.
func (p *pace) begin() { p.began = time.Now() }

// ended is called when a transaction with so many rows is over.
func (p *pace) ended(rows int) {
	if !p.alone || p.began.IsZero() || rows <= 0 {
		return
	}
	p.note(rows, time.Since(p.began))
	p.began = time.Time{}
}

// note sets the next number from what the last transaction took: never more than twice as many at once.
func (p *pace) note(rows int, took time.Duration) {
	fits := takeAtOnce
	if took > 0 {
		fits = int(min(takeAtOnce, time.Duration(rows)*holdAtMost/took))
	}
	p.n = max(paceLeast, min(fits, 2*p.n))
}
