// Package runs runs models over a data directory, keeps what they found and compares it with planted truth. It starts
// children (worker) and reads and writes files under models/; it opens no database and knows neither HTTP nor roles.
package runs
