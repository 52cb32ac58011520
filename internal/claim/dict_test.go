package claim

import (
	"fmt"
	"sync"
	"testing"
)

func TestDict(t *testing.T) {
	t.Parallel()
	d := NewDict()
	if d.Len() != 1 || d.Find("") != 0 || d.Put("") != 0 || d.String(0) != "" {
		t.Error("the empty string is not code 0")
	}
	a, b := d.Put("甲"), d.Put("乙")
	if a != 1 || b != 2 || d.Put("甲") != a || d.Len() != 3 || d.Find("丙") != -1 {
		t.Error("codes are not dense")
	}
	for code, want := range map[int32]string{-1: "", 0: "", 1: "甲", 2: "乙", 3: "", 1 << 30: ""} {
		if got := d.String(code); got != want {
			t.Errorf("code %d is %q, want %q", code, got, want)
		}
	}
	key := []byte("变")
	c := d.Put(string(key))
	l := LoadDict(d.Bytes())
	if l.Len() != 4 || l.String(c) != "变" || l.String(4) != "" || l.String(-1) != "" || l.Find("乙") != b || l.Find("丙") != -1 {
		t.Error("a loaded dictionary differs")
	}
	if l.Put("丙") != 4 || l.String(4) != "丙" || l.String(a) != "甲" || l.Find("丙") != 4 || d.Find("丙") != -1 {
		t.Error("a loaded dictionary does not grow by itself")
	}
	if fresh := LoadDict(NewDict().Bytes()); fresh.Put("x") != 1 || fresh.Find("x") != 1 {
		t.Error("an empty dictionary cannot be loaded")
	}
}

// One writer may put while others read, also right after loading.
func TestDictReadersAndOneWriter(t *testing.T) {
	t.Parallel()
	const n = 2000
	seed := NewDict()
	for i := range 100 {
		seed.Put(fmt.Sprint("s", i))
	}
	for name, d := range map[string]*Dict{"new": NewDict(), "loaded": LoadDict(seed.Bytes())} {
		t.Run(name, func(t *testing.T) {
			var wg, reading sync.WaitGroup
			reading.Add(3)
			first := int32(d.Len())
			for range 3 {
				wg.Go(func() {
					reading.Done()
					for i := range int32(n) {
						if s := d.String(first + i); s != "" && s != fmt.Sprint("w", i) {
							t.Errorf("code %d is %q", first+i, s)
						}
						if s := d.String(i % 100); i%100 != 0 && first > 100 && s != fmt.Sprint("s", i%100-1) {
							t.Errorf("loaded code %d is %q", i%100, s)
						}
						if c := d.Find(fmt.Sprint("w", i)); c != -1 && c != first+i {
							t.Errorf("w%d has code %d", i, c)
						}
					}
				})
			}
			reading.Wait()
			for i := range n {
				d.Put(fmt.Sprint("w", i))
			}
			wg.Wait()
			if d.Len() != int(first)+n {
				t.Errorf("%d codes", d.Len())
			}
		})
	}
}
