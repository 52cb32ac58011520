// Package backup writes a whole installation, data directory and operational store, into one archive and brings it back,
// also into the other kind of store. It knows which files are derived and need no backup; it does not read what is in the
// others.
//
// The archive is a tar (zstd or gzip): data/… as it lies, store/<table>.jsonl as store.Dump writes it, and MANIFEST.json at the
// end with the size and SHA-256 of everything before it, so that a cut archive is known as such. It is consistent because the
// caller holds the data directory's lock (facts, knowledge and findings stand still) and the store is read in one snapshot; people
// may go on deciding meanwhile. The store is always dumped logically, never copied as a file: one path, tested on both engines, and
// any archive restores to either.
package backup
