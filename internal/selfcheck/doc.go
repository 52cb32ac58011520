// Package selfcheck lets an institution hold its own files to the bureau's rules before the bureau does (自查自纠): the files are imported
// into a data directory of their own, judged with the cards and points in force by the same engine, and what is found is kept for the
// institution alone. Nothing of it reaches the bureau's facts or findings; what the institution makes known of it (a refund it declares)
// goes another way.
//
//	files + the bureau's reference tables → a lake for the moment → audit → Result, Findings (two JSON files); the lake is removed
//
// It knows the audit and the lake; it knows nothing of users, HTTP or the operational store. People's histories at other institutions are
// not in the files, so rules that look there find less than the bureau's audit may: a result says so.
package selfcheck
