// Package desk is the light end of the reminder service: a page for clinics and pharmacies whose systems cannot call an
// interface. A clerk signs in with the institution's key or an account, types or scans a patient and the items, and reads the
// same reminders as any hospital system gets, with the same log behind them. While the line is down the page checks against
// black lists that it fetched before: persons without benefits, suspended practitioners, items withdrawn, and it says how old they are.
//
// It makes a Request of what was typed and judges nothing; whom it lets in is package auth's business.
package desk
