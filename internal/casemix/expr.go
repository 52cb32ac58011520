package casemix

// A condition of a scheme is a small Boolean expression; see docs and DESIGN.md for the grammar. It is parsed into
// nodes that hold bit numbers, so that deciding it reads no string.

// truth of a condition. unknown means a field was needed that the case does not have.
type truth int8

const (
	no truth = iota
	yes
	unknown
)

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

type opcode uint8

const (
	opConst   opcode = iota
	opAnd            // kids: all
	opOr             // kids: any
	opNot            // kids[0]
	opMember         // any code at the position is in the list
	opNumber         // field cmp value
	opText           // department is one of texts
	opCodes          // discharge way is one of values (bits)
	opMCC            // a major complication counts
	opCC             // a complication counts
	opCount          // number of codes at the position, cmp value
	opSites          // number of trauma sites among all diagnoses, cmp value
	opNewTech        // the new-technique flag
)

// position of a code in the case.
type position uint8

const (
	atMainDx position = iota
	atOtherDx
	atAnyDx
	atMainProc
	atOtherProc
	atAnyProc
	positions
)

var positionNames = [positions]string{"主要诊断", "其他诊断", "诊断", "主要手术或操作", "其他手术或操作", "手术或操作"}

func (p position) kind() int {
	if p <= atAnyDx {
		return diagnoses
	}
	return procedures
}

// field is a number of the case.
type field uint8

const (
	fieldAge field = iota
	fieldAgeDays
	fieldWeight
	fieldLOS
	fieldICU
	fieldDischarge
	fieldSex
	fields
)

var fieldNames = [fields]string{"年龄", "日龄", "体重", "住院天数", "监护小时", "离院方式", "性别"}

// comparison operators.
const (
	eq = iota
	ne
	lt
	le
	gt
	ge
)

var cmpNames = [...]string{"=", "≠", "<", "≤", ">", "≥"}

type node struct {
	op    opcode
	pos   position
	field field
	cmp   uint8
	value int32
	bit   int32    // list of opMember
	list  string   // its name, for people
	texts []string // departments; the codes of a list written in the condition itself
	kids  []node
	text  string // as written, of a top node
}

func constant(v bool) node {
	n := node{op: opConst}
	if v {
		n.value = 1
	}
	return n
}

func (n *node) always() bool { return n.op == opConst && n.value == 1 }
func (n *node) never() bool  { return n.op == opConst && n.value == 0 }

func compare(a int32, cmp uint8, b int32) bool {
	switch cmp {
	case eq:
		return a == b
	case ne:
		return a != b
	case lt:
		return a < b
	case le:
		return a <= b
	case gt:
		return a > b
	}
	return a >= b
}

// uses reports the fields a condition reads.
func (n *node) uses(into *[fields]bool) {
	if n.op == opNumber {
		into[n.field] = true
	}
	if n.op == opCodes {
		into[fieldDischarge] = true
	}
	for i := range n.kids {
		n.kids[i].uses(into)
	}
}

// gate is a membership without which a condition cannot hold; most conditions fail at it. bit -1 = none is known.
type gate struct {
	bit int32
	pos position
}

func (n *node) gate() gate {
	switch n.op {
	case opMember:
		return gate{n.bit, n.pos}
	case opAnd:
		for i := range n.kids {
			if g := n.kids[i].gate(); g.bit >= 0 {
				return g
			}
		}
	}
	return gate{bit: -1}
}
