// Package replay proves the promise of one verdict: it writes real 3102 messages from an audited month, as of each settlement, sends
// them through the online path (bytes, decoder, engine, answer) and compares, for every pair of a card and a fee line, what was said
// before payment with what the month's audit published.
//
// It knows the national message format and the engine; it knows no card.
package replay
