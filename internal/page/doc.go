// Package page turns the findings of a data directory into one self-contained HTML page: headline figures, charts,
// the largest findings, what could not be judged and why. The page needs no network and no other file.
//
// It reads what the audit stored and judges nothing itself: every figure on the page is a sum over stored rows. Persons
// appear by the last four characters of their number only; a visit or settlement only where a finding's sentence names it.
//
//	store, run reports, lake → Gather → Data → Render → HTML
package page
