package audit

// LimitBook lets the day book hold so many rows of each kind at a time.
func (a *Auditor) LimitBook(n int64) { a.book = bookLimits{swipes: n, priceLines: n, rxLines: n} }

// ReadWholePast makes judgements read every past row.
func (a *Auditor) ReadWholePast() { a.whole = true }

// ReadMonthsApart makes judgements read the months before one by one, not merged.
func (a *Auditor) ReadMonthsApart() { a.merged = false }
