// Package models is the interface to the big-data models: the library, runs, results, export, and the analyst's read-only queries. It
// starts children through the model packages and knows no SQL of its own. A query by somebody with a part of the area runs over
// views that hold that part only; results are of the whole area and are for those who may see the whole.
package models
