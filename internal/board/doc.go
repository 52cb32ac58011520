// Package board says what a bureau's figures are and works them out: one definition of each indicator as data (indicators.tsv), computed from
// what the review, the reminder service, the models and the traces have recorded. Boards, briefings and exports use only these.
//
// It decides nothing and changes nothing; it does not know HTTP, SQL or how a figure is drawn. DESIGN.md beside this file says why a figure
// cannot disagree with the list it opens into.
package board
