// Package rulebook writes the rule library as a web site that people can read: a page a card, an index with search and
// facets, what tables each card needs, what changed and when (with an Atom feed), and the whole as one archive.
//
// The site needs no network and no server. Everything on a page is derived from the card, its cases, the author's guide
// (package docs) and the points given; the package judges cases through rule and reads no data directory itself.
// The same cards, points and history give the same bytes: the only dates are those of the change history.
//
//	cards, points, DIR/changes.json → Write → DIR/index.html, cards/*.html, feed.xml, rulebook.zip …
package rulebook
