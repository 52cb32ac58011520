// Package casemix puts hospital stays into case groups (按病组付费 DRG).
//
// A scheme is a directory of tables; this package reads it once into an immutable, indexed Scheme and groups cases with
// it. Every version and every area's splits are data, several schemes can be open side by side, and each grouped case
// can be told step by step in the coder's own words. DIP is in casemix/dip, payment and budget in casemix/pay.
//
// It knows nothing of files other than scheme tables and case lists, of the lake, of the operational store or of HTTP.
package casemix
