// Package journal is an append-only file log that its writers hardly wait for: records of many callers go to the kernel in one
// write, and to the disk in one fsync a second, so that what was answered can be told later although the answer did not wait
// for a database.
//
// What is promised:
//
//   - A record that Add reports Kept survives the death of the process in whatever way (kill -9, panic, out of memory): it was
//     handed to the operating system. TestKilled kills processes and counts.
//   - A power cut or a crash of the operating system loses at most what came within the last Options.Sync (1 s unless told)
//     and the running fsync. What lies behind a torn place is found again and read.
//   - Add never waits longer than it is told to. When the disk stalls, records wait in memory (reported Late: written as soon
//     as the disk moves, lost if the process dies before); when the queue is full they are dropped, counted and reported
//     Dropped. Nothing is dropped silently.
//
// It does not know what a record says, nor where records are taken to.
package journal
