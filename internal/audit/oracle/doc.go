// Package oracle judges the same facts as the audit engine, a second time and in the dullest way: rows as maps of
// strings, nested loops, nothing remembered between two questions. It is used only by tests, which run both and look
// for disagreement; nothing that ships may import it.
//
// It was written from docs/规则口径.md alone and must stay so: it may not look at the engine, share code with it beyond
// the units and table declarations of package claim, or be "corrected" to agree with it. Where the two disagree, the
// document decides which one is wrong; where the document is silent, the document is what changes first.
package oracle
