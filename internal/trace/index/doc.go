// Package index keeps every sale of every code on disk and answers, at the counter, whether a box has been sold already. It
// is the arbiter: of two counters that sell one box in the same instant exactly one is told yes, and what it was told
// survives a kill.
//
// One process owns an index (a lock file says so). It knows codes as keys, institutions by a dictionary of its own and
// persons by a hash; it knows no rule, no lake and no message. Whether a sale is one too many is life's verdict.
package index
