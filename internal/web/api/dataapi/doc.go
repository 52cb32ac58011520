// Package dataapi is the console's way to the data and to the runs: what lies in the lake, what came in and what was refused, whether it
// is all that was cleared; uploading and importing files; starting audits, watching and ending them, and what a run says of each card.
//
// Imports and audits are jobs in a child process. The package reads the lake's manifest and the reports that imports and audits leave in
// the data directory; it reads no facts and decides nothing.
package dataapi
