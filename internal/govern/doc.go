// Package govern keeps the life of rules: versions of cards and of sets of points from draft to retirement, what differs by pooling
// area, dated exemptions, the quality of each card and what rests on a basis. It says with which cards and points an audit judges;
// it does not judge, and the audit does not know it.
package govern
