// Package model holds the big-data models (大数据模型): what single lines cannot show and only peers, networks and likeness do. A
// model is a directory with a manifest, SQL over approved views and a fixture; this package reads, checks and describes
// models, and turns rows, graphs and texts into cases. It may not open a database, know a card, or decide anything: a
// case is a suspicion for people.
//
// The package worker beside it runs the SQL, in a child process. DESIGN.md says why.
package model
