// Package pay turns case groups into money: what a stay is paid (权重 × 费率 × 系数, 分值 × 点值), what a hospital gets
// each month, what the year's clearing comes to, and what another set of parameters would have come to.
//
// All money is fen in integers. Products of decimals are exact and rounded once, half away from zero, to the fen
// (四舍五入到分), at the end of each formula that a hospital sees as one figure. Everything an area decides is a
// parameter. The package knows nothing of groupers, files of facts, the store or HTTP.
package pay
