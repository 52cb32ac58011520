// Package reviewapi is the closed loop over HTTP: queues, findings with their evidence, every step of review.Desk, packages and notices,
// attachments, panels, questions inside a hospital, the money ledger, Excel out and back in.
//
// It decides nothing: who may do what in which state, and what somebody may see, is package review's. Here is only the shape: which version
// somebody saw (If-Match), what a refusal is called, how a day and a sum are written. It never reads the store around the desk.
package reviewapi
