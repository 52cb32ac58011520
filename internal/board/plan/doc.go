// Package plan makes reports by themselves: briefings, tables for the press, figures and lists of findings, on days of the week or month that
// somebody set, each exactly once, whatever restarts and however many servers there are.
//
// It knows when and of which months; what a figure is, is package board's, and how a page is set, package brief's. Days are China's.
package plan
