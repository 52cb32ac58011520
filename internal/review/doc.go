// Package review carries a finding through the closed loop: first review, answer and appeal of the institution, second review, panel,
// final review, execution, closing. What may happen when, by whom, on what condition and within what time is data (states.tsv,
// events.tsv, params.tsv). It knows no HTTP, no SQL and no rules; money is kept by its subpackage ledger.
//
// DESIGN.md beside this file says why it is built this way and what must not be broken.
package review
