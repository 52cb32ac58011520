package forms

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/mingjian/mingjian/internal/store"
)

// Numbered are the documents that get a number from the register when they are first issued, with the letter between the bureau's name and the year.
var Numbered = map[string]string{"tell": "疑", "minutes": "议", "confirm": "确", "recover": "追"}

// object is what a document's number is of: minutes are of the panel, which may have decided several findings.
func (c *Case) object(form string) string {
	if form == "minutes" && c.Panel != nil {
		return c.Panel.ID
	}
	return c.ID
}

func (c *Case) readNumbers(tx *store.Tx) error {
	c.numbers = map[string]*store.PaperNumber{}
	for form := range Numbered {
		n, err := tx.PaperNumberOf(form, c.object(form))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		c.numbers[form] = n
	}
	return nil
}

// No is a document's number as forms write it, 〔2025〕12号; with a blank to be filled while it has not been issued.
func (c *Case) No(form string) string {
	n := c.numbers[form]
	if n == nil {
		return fmt.Sprintf("〔%d〕　　号", c.Year)
	}
	return fmt.Sprintf("〔%d〕%d号", n.Year, n.Number)
}

// Issue gives a document its number, within the transaction in which it is issued: one number after the other for each kind and year, none left out. A
// document that has one keeps it; forms without numbers have none. The ground of the document must be there.
func (c *Case) Issue(tx *store.Tx, form, actor string, now int64) error {
	if Numbered[form] == "" || c.numbers[form] != nil {
		return nil
	}
	if ground := grounds[form]; ground != nil {
		if err := ground(c); err != nil {
			return err
		}
	}
	n, err := tx.NumberPaper(store.PaperNumber{Kind: form, Year: c.Year, Object: c.object(form), Title: cmp.Or(c.RuleName, c.ID) + "　" + c.Inst, Actor: actor, At: now})
	if err == nil {
		c.numbers[form] = n
	}
	return err
}
