// Package boardapi is the way to figures over HTTP: the dictionary of indicators, figures, a board of a period and area, what a figure is by month, institution
// or card. What a figure is, is package board's; which rows count for whom, the store's.
package boardapi
