// Package life tells what a drug trace code says and what became of the box that bears it: the forms a code comes in, its
// key, the events of its life, which reports speak of one sale, which sales were taken back, and whether a sale is one too
// many. Everything above judges by it: the audit of a month, the check at the counter, the pile of clues.
//
// It is pure. It knows no file, no database, no rule card and no clock; it imports claim and nothing else, so that rule may
// read it.
package life
