package store

// SpecialFile is a material that came with an application for special review; its content lies under its hash.
type SpecialFile struct {
	ID         string `json:"file_id"`
	Case       string `json:"special_id"`
	Kind       string `json:"kind"` // 申请表, 病案首页, …
	Name       string `json:"name"`
	Media      string `json:"media"`
	Size       int64  `json:"size"`
	SHA256     string `json:"sha256"`
	UploadedBy string `json:"uploaded_by"`
	At         int64  `json:"at"`
}

func (x *SpecialFile) fields() []any {
	return []any{&x.ID, &x.Case, &x.Kind, &x.Name, &x.Media, &x.Size, &x.SHA256, &x.UploadedBy, &x.At}
}

// AddSpecialFile adds a material to an application.
func (tx *Tx) AddSpecialFile(f SpecialFile) error { return insert(tx, &specialFileTable, f) }

// SpecialFiles lists the materials of an application, oldest first.
func (tx *Tx) SpecialFiles(special string) ([]SpecialFile, error) {
	return list[SpecialFile](tx, &specialFileTable, "WHERE special_id = $1 ORDER BY at, file_id", special)
}

// SpecialFile reads a material; ErrNotFound.
func (tx *Tx) SpecialFile(id string) (*SpecialFile, error) {
	return only[SpecialFile](tx, &specialFileTable, "材料 "+id, "WHERE file_id = $1", id)
}

// DoubtedFund is the fund money in fen that standing findings of severity 1 and 2 claim of a visit.
func (tx *Tx) DoubtedFund(inst, mdtrt string) (int64, error) {
	var sum int64
	err := tx.one([]any{&sum}, "SELECT CAST(COALESCE(SUM(charged_fen), 0) AS BIGINT) FROM finding WHERE fixmedins_code = $1 AND mdtrt_id = $2 AND sev_deg <= 2 AND withdrawn = 0", inst, mdtrt)
	return sum, err
}
