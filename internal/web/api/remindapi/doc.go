// Package remindapi is the way to what the reminder service does over HTTP: its figures, its work in parts, the lists that figures open into, the
// inbox of "this is wrong", and the cards proposed for silence. What a figure is, is package board's; what became of a reminder, package effect's;
// whose rows count for whom, the store's. People of an institution see their own institution's and decide nothing.
package remindapi
