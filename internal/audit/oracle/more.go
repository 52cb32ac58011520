package oracle

// newCards are the cards of 规则口径 四.
func newCards() []cardJudge {
	return []cardJudge{
		{"A014", (*judge).a014}, {"A019", (*judge).a019}, {"A020", (*judge).a020}, {"A021", (*judge).a021}, {"A023", (*judge).a023},
		{"A024", (*judge).a024}, {"A025", (*judge).a025}, {"A027", (*judge).a027}, {"A031", (*judge).a031}, {"A032", (*judge).a032},
		{"A033", (*judge).a033}, {"A034", (*judge).a034}, {"A035", (*judge).a035},
		{"B018", (*judge).b018}, {"B020", (*judge).b020}, {"B024", (*judge).b024}, {"B025", (*judge).b025}, {"B026", (*judge).b026},
		{"B027", (*judge).b027}, {"B028", (*judge).b028}, {"B033", (*judge).b033}, {"B034", (*judge).b034}, {"B035", (*judge).b035},
		{"B036", (*judge).b036},
		{"C001", (*judge).c001}, {"C003", (*judge).c003}, {"C005", (*judge).c005}, {"C006", (*judge).c006}, {"C007", (*judge).c007},
		{"C008", (*judge).c008}, {"C010", (*judge).c010}, {"C011", (*judge).c011}, {"C012", (*judge).c012}, {"C013", (*judge).c013},
		{"C014", (*judge).c014}, {"C015", (*judge).c015}, {"C016", (*judge).c016}, {"C017", (*judge).c017}, {"C018", (*judge).c018},
		{"C019", (*judge).c019}, {"C023", (*judge).c023}, {"C025", (*judge).c025}, {"C026", (*judge).c026}, {"D006", (*judge).d006},
		{"D010", (*judge).d010}, {"D011", (*judge).d011}, {"D012", (*judge).d012}, {"D013", (*judge).d013}, {"D014", (*judge).d014},
		{"D015", (*judge).d015}, {"D016", (*judge).d016}, {"E004", (*judge).e004}, {"E007", (*judge).e007}, {"E008", (*judge).e008},
		{"E009", (*judge).e009}, {"E011", (*judge).e011}, {"E012", (*judge).e012}, {"F003", (*judge).f003}, {"F004", (*judge).f004},
		{"F005", (*judge).f005}, {"F007", (*judge).f007}, {"F008", (*judge).f008}, {"F009", (*judge).f009}, {"F010", (*judge).f010},
		{"F011", (*judge).f011}, {"F014", (*judge).f014}, {"F017", (*judge).f017}, {"F019", (*judge).f019}, {"F020", (*judge).f020},
		{"F021", (*judge).f021}, {"F022", (*judge).f022},
		{"G005", (*judge).g005}, {"G009", (*judge).g009}, {"G012", (*judge).g012}, {"G019", (*judge).g019}, {"G023", (*judge).g023}, {"G024", (*judge).g024}, {"G028", (*judge).g028}, {"G031", (*judge).g031}, {"H005", (*judge).h005}, {"H006", (*judge).h006}, {"H009", (*judge).h009}, {"H012", (*judge).h012}, {"H013", (*judge).h013}, {"H014", (*judge).h014}, {"I002", (*judge).i002}, {"I003", (*judge).i003}, {"I004", (*judge).i004}, {"I011", (*judge).i011}, {"I012", (*judge).i012}, {"L005", (*judge).l005}, {"L009", (*judge).l009}, {"L010", (*judge).l010}, {"L011", (*judge).l011}, {"L012", (*judge).l012}, {"P001", (*judge).p001}, {"P009", (*judge).p009}, {"P010", (*judge).p010}, {"P011", (*judge).p011}, {"P013", (*judge).p013}, {"P014", (*judge).p014}, {"P015", (*judge).p015}, {"X007", (*judge).x007}, {"X008", (*judge).x008}, {"X009", (*judge).x009}, {"X011", (*judge).x011}, {"X012", (*judge).x012}, {"X015", (*judge).x015},
		{"B031", (*judge).b031}, {"D008", (*judge).d008}, {"F016", (*judge).f016}, {"G008", (*judge).g008}, {"G027", (*judge).g027}, {"L008", (*judge).l008}, {"P002", (*judge).p002}, {"P003", (*judge).p003}, {"P007", (*judge).p007}, {"P008", (*judge).p008},
		{"B015", (*judge).b015}, {"B016", (*judge).b016}, {"B017", (*judge).b017}, {"E003", (*judge).e003}, {"E006", (*judge).e006}, {"E013", (*judge).e013}, {"P005", (*judge).p005}, {"P006", (*judge).p006},
		{"T001", (*judge).t001}, {"T002", (*judge).t002}, {"T003", (*judge).t003}, {"T004", (*judge).t004}, {"T005", (*judge).t005}, {"T006", (*judge).t006}, {"T007", (*judge).t007}, {"T008", (*judge).t008}, {"T009", (*judge).t009}, {"T010", (*judge).t010}, {"T011", (*judge).t011}, {"T013", (*judge).t013}, {"T014", (*judge).t014}, {"T015", (*judge).t015}, {"T016", (*judge).t016}, {"T017", (*judge).t017}, {"T019", (*judge).t019}, {"T020", (*judge).t020}, {"T021", (*judge).t021},
		{"R010", (*judge).r010}, {"R011", (*judge).r011}, {"R014", (*judge).r014}, {"R015", (*judge).r015},
	}
}
