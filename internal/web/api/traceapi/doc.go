// Package traceapi is the interface to trace codes and stock: the life of a code, whether a box may be sold, a pharmacy's ledger, collection
// rates, who sells what hospitals dispensed, and the work list of clues with its steps.
//
// What lies outside a caller's scope is left out; an institution sees other institutions' steps in a box's life without their name. It
// decides nothing about boxes: packages trace and trace/counter do.
package traceapi
