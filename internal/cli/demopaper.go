package cli

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
)

// demoBureau is what stands on the papers of the example city.
const demoBureau = "name: 示例县医疗保障局\nshort: 示医保\n"

// letterhead leaves the paper of the city's bureau: its name and a seal that is nobody's. What is there stays.
func (d *demo) letterhead() error {
	dir := filepath.Join(d.Data, paperDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, make := range map[string]func() ([]byte, error){"bureau.yaml": func() ([]byte, error) { return []byte(demoBureau), nil }, "seal.png": demoSeal} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			if err != nil {
				return err
			}
			continue
		}
		content, err := make()
		if err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// demoSeal draws a ring with a star and no words.
func demoSeal() ([]byte, error) {
	const size = 360 // pixels
	const middle = size / 2
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			dx, dy := float64(x)-middle+.5, float64(y)-middle+.5
			r := math.Hypot(dx, dy)
			if (r > 160 && r < 172) || inStar(dx, dy, 58) {
				m.SetNRGBA(x, y, color.NRGBA{R: 0xd0, G: 0x10, B: 0x10, A: 0xd0})
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

// inStar tells whether a point lies in a star of five points around the origin, one of them up.
func inStar(x, y, radius float64) bool {
	inner := radius * 0.382
	step := math.Pi / 5
	angle := math.Mod(math.Atan2(x, -y)+4*math.Pi, 2*step) // from the last point of the star, clockwise
	if angle > step {
		angle = 2*step - angle
	}
	// The edge runs from (radius, 0) to (inner, step) in these polar coordinates.
	ix, iy := inner*math.Cos(step), inner*math.Sin(step)
	px, py := math.Hypot(x, y)*math.Cos(angle), math.Hypot(x, y)*math.Sin(angle)
	return (ix-radius)*py-iy*(px-radius) >= 0
}
