package cli

import (
	"os"

	"github.com/mingjian/mingjian/internal/backup"
	"github.com/mingjian/mingjian/internal/store"
)

type backupCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Out string `arg:"" name:"文件" help:"写到哪里，.tar.zst 或 .tar.gz"`
}

func (c *backupCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		lock, err := lockData(c.Data) // facts, knowledge and findings stand still meanwhile
		if err != nil {
			return err
		}
		defer lock.Close()
		if err := o.record(s, "备份", c.Out, ""); err != nil { // before: the backup holds it
			return err
		}
		m, err := backup.Create(s.ctx, c.Data, o.db, c.Out, Version)
		if err != nil {
			return err
		}
		st, err := os.Stat(c.Out)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"out": c.Out, "files": len(m.Files), "bytes": m.Bytes, "archive_bytes": st.Size(), "schema": m.Schema})
		}
		s.printf("备份写在 %s：%d 个文件，%s 字节，压缩后 %s 字节。里面有全部明细和密钥文件，请妥善保管\n", c.Out, len(m.Files), thousands(m.Bytes), thousands(st.Size()))
		return nil
	})
}

type restoreCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Archive string `arg:"" name:"文件" help:"backup 写成的文件"`
}

func (c *restoreCmd) Run(s *streams) error {
	var at *store.Location
	if c.Store != "" {
		l, err := store.ParseLocation(c.Store)
		if err != nil {
			return usageError{err}
		}
		at = &l
	}
	m, err := backup.Restore(s.ctx, c.Archive, c.Data, at)
	if err != nil {
		return err
	}
	return withOffice(s, c.Data, "", func(o *office) error {
		if err := o.record(s, "恢复", c.Archive, "备份于 "+m.Made); err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"data": c.Data, "store": o.db.Location().String(), "made": m.Made, "files": len(m.Files), "bytes": m.Bytes})
		}
		s.printf("已恢复到 %s，业务库 %s：%d 个文件、%s 字节，全部核对无误（备份于 %s）\n", c.Data, o.db.Location(), len(m.Files), thousands(m.Bytes), m.Made)
		return nil
	})
}
