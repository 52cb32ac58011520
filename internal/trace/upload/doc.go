// Package upload reads the messages 3501–3507 with every leniency the field shows: keys in
// any case, one object where a list is meant, numbers as text, "" for nothing, the node under its name or bare. It gives
// rows of the input tables as names and values. Pure: it knows no HTTP, no lake and no verdict.
package upload
