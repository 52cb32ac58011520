// Package brief makes the papers that a bureau shows of its figures: the one-page briefing of a period and area, and the tables of a press conference. A
// form (templates/*.md, or the bureau's own in its paper folder under brief/) names indicators of the dictionary; there is no other way for a figure into it.
//
// It knows no SQL and no HTTP; what a figure is, is package board's, and how a page is set, package paper's.
package brief
