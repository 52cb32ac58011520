// Package rule is the 规则库: cards (rules as data), the kinds of code that judge them, and their compilation into an
// indexed Program. It judges one person's timeline at a time and knows nothing of files, months to run or output.
//
//	cards + points → Compile → Program → Bind(dictionaries, reference) → Bound → Eval.Judge(Timeline) → Hits
//
// A Program is immutable and knows items by their strings; a Bound is the same Program over the codes of one data
// directory, shared by all workers; an Eval is the scratch of one worker.
package rule
