// Package told finds out, for every finding of the audit, what the doctor had been told: reminded and gone on, sent but not
// reminded of, sent when the facts were not all there, or never sent. It compares the finding's lines with the reminder log
// and what the calls said; it judges nothing again.
//
// A finding whose visit no call spoke of has no row: it was never sent. What was sent with equal facts and not reminded of
// is the rule's fault or the platform's, not the hospital's: it goes to the rule owner's inbox, and those who recover money must not take it
// up (Blocks).
package told
