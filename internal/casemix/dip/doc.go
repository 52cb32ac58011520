// Package dip puts hospital stays into disease types (按病种分值付费 DIP): the diagnosis at the level of its 亚目 and the
// procedures done choose a row of an area's catalogue; the row's score, corrected by the auxiliary catalogue and by how
// far the cost lies from the mean, is what the stay counts.
//
// The catalogue, the classes of procedures, the auxiliary coefficients, the order of choice and every bound are data of
// an area and year (a directory of tables). The package knows nothing of payment, the lake, the store or HTTP.
package dip
