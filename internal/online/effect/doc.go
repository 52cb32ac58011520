// Package effect works out honestly what reminders achieved. Its unit is the episode: one visit, one rule, one subject, however
// often somebody was reminded of it. An episode ends in exactly one outcome, told by what was settled and not by what was
// clicked; what was answered only parts the outcomes that the bill cannot part.
//
//	reminder log (store) + settled net lines (lake) + findings (audit) → episodes with outcome and money → store → sums
//
// It reads the lake as the audit does (net lines, reversals applied) and writes only episodes. DESIGN.md of package remind
// tells the outcomes and the arithmetic.
package effect
