package store

// ModelDraft is a version of a model that is being written, tried or has been approved.
type ModelDraft struct {
	ID        string
	Model     string
	Name      string
	Body      string // manifest and statements as JSON
	Digest    string // of Body: check and trial hold only for it
	State     string // one of DraftStates
	Checked   string // the digest that passed its fixture, "" none
	Trial     string // what the trial on history found, as JSON
	Author    string
	Approver  string
	Why       string // of the last step
	MadeAt    int64
	ChangedAt int64
	Version   int64
}

// DraftStates are the states of a draft. An approved one is replaced by the next approved version of the same model.
var DraftStates = []string{"草稿", "待批准", "已批准", "已退回", "已停用"}

func (d *ModelDraft) fields() []any {
	return []any{&d.ID, &d.Model, &d.Name, &d.Body, &d.Digest, &d.State, &d.Checked, &d.Trial, &d.Author, &d.Approver, &d.Why, &d.MadeAt, &d.ChangedAt, &d.Version}
}

// AddDraft writes a new draft; Version becomes 1.
func (tx *Tx) AddDraft(d *ModelDraft) error {
	d.Version = 1
	return insert(tx, &draftTable, *d)
}

// ChangeDraft writes a draft of the version read; ErrConflict when it is another by now. Version counts up.
func (tx *Tx) ChangeDraft(d *ModelDraft) error {
	if err := tx.replace(&draftTable, d); err != nil {
		return err
	}
	d.Version++
	return nil
}

// Draft reads a draft; ErrNotFound.
func (tx *Tx) Draft(id string) (*ModelDraft, error) {
	ds, err := list[ModelDraft](tx, &draftTable, "WHERE draft_id = $1", id)
	if err == nil && len(ds) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &ds[0], nil
}

// Drafts lists drafts of a model ("" all), newest first.
func (tx *Tx) Drafts(model string, p Page) ([]ModelDraft, error) {
	w := p.where("draft_id")
	w.equal("model_id", model)
	return list[ModelDraft](tx, &draftTable, w.text()+" ORDER BY draft_id DESC"+w.limit(p), w.args...)
}
