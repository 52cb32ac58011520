package knowledge

import (
	"bytes"
	"encoding/json"
	"fmt"
)

func unmarshalStrict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("params 不是可用的 JSON：%w", err)
	}
	return nil
}
