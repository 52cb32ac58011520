// Package docs holds the documents that the program itself reads: what an author of rules reads and what a page of the
// rule book says are one text.
package docs

import _ "embed"

// Guide is 规则编写指南: its tables say what each check judges and what each parameter means.
//
//go:embed 规则编写指南.md
var Guide string

// Readings is 规则口径: how each card judges, to the letter.
//
//go:embed 规则口径.md
var Readings string
