// Package audit runs a compiled rule program over facts: one person's rows, a stream, the months of a lake. It turns
// what the rules found into findings with stable identities and money, stores them by month, tells what changed since the
// last run and explains each of them. How a rule judges is package rule's business, how facts lie on disk package lake's.
//
//	lake snapshot → bucket → timelines → rule.Eval → findings → month files → export, explain
//
// A run is checkpointed by bucket; results become visible all at once when the run ends.
package audit
