package oracle

// byLine: where the narrower card has the line as violating, the wider card loses that line.
var byLine = map[string]string{"B021": "B001", "A028": "D001", "T002": "T001", "T003": "T001", "T004": "T001", "T005": "T001", "T006": "T001", "T007": "T001",
	"T017": "T001", "P006": "T008", "P005": "P006"}

// byVisit: where the narrower card holds for a visit, the wider card's finding on it goes.
var byVisit = map[string]string{"G001": "G002", "G002": "G003", "G006": "H008"}

// refine drops what a narrower card says better; what held before anything was dropped decides.
func refine(all []Finding) []Finding {
	held := map[string]bool{}
	for _, f := range all {
		held[f.Rule+"|"+f.Mdtrt] = true
		for _, l := range f.Lines {
			if l.Type == 1 {
				held[f.Rule+"|"+l.MdtrtID+"|"+l.FeedetlSn] = true
			}
		}
	}
	var out []Finding
	for _, f := range all {
		if narrow := byVisit[f.Rule]; narrow != "" && held[narrow+"|"+f.Mdtrt] {
			continue
		}
		if narrow := byLine[f.Rule]; narrow != "" {
			f = without(f, func(l Line) bool { return held[narrow+"|"+l.MdtrtID+"|"+l.FeedetlSn] })
			if !violates(f) {
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

func without(f Finding, drop func(Line) bool) Finding {
	kept := []Line{}
	f.Vola = 0
	for _, l := range f.Lines {
		if l.Type == 1 && drop(l) {
			continue
		}
		kept = append(kept, l)
		f.Vola += l.Vola
	}
	f.Lines = kept
	return f
}

func violates(f Finding) bool {
	for _, l := range f.Lines {
		if l.Type == 1 {
			return true
		}
	}
	return false
}
