package paper

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Fonts that printed documents are commonly set in come first; all hold TrueType outlines of Chinese and Latin letters.
var known = []string{"simfang.ttf", "fzfsk.ttf", "stfangso.ttf", "simsun.ttf", "simsun.ttc", "simkai.ttf", "simhei.ttf", "deng.ttf", "notoserifsc-regular.ttf", "notosanssc-regular.ttf", "lxgwwenkai-regular.ttf",
	"wqy-microhei.ttc", "wqy-zenhei.ttc", "uming.ttc"}

// Font reads the font for PDF: the first .ttf or .ttc in own (a folder of the installation), else one the system has. It is ErrNoFont where neither has one.
func Font(own string) ([]byte, error) {
	if files, _ := filepath.Glob(filepath.Join(own, "*.[tT][tT][cCfF]")); len(files) > 0 { // the pattern is well formed
		slices.Sort(files)
		return readFont(files[0])
	}
	best, rank := "", len(known)
	for _, dir := range systemFonts() {
		_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error { // folders that cannot be read hold no font for us
			if err != nil || e.IsDir() {
				return nil
			}
			if i := slices.Index(known, strings.ToLower(e.Name())); i >= 0 && i < rank {
				best, rank = path, i
			}
			return nil
		})
	}
	if best == "" {
		return nil, ErrNoFont
	}
	return readFont(best)
}

func readFont(path string) ([]byte, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("字体 %s 读不出：%w", path, err)
	}
	font, err := single(file)
	if err != nil {
		return nil, fmt.Errorf("%w（%s：%w）", ErrNoFont, path, err)
	}
	return font, nil
}

func systemFonts() []string {
	home, _ := os.UserHomeDir()
	switch runtime.GOOS {
	case "windows":
		return []string{filepath.Join(os.Getenv("WINDIR"), "Fonts")}
	case "darwin":
		return []string{"/System/Library/Fonts", "/Library/Fonts", filepath.Join(home, "Library/Fonts")}
	}
	return []string{"/usr/share/fonts", "/usr/local/share/fonts", filepath.Join(home, ".fonts"), filepath.Join(home, ".local/share/fonts")}
}
