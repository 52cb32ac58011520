package cli

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
)

// till is a pharmacy's system that talks to a server over HTTP.
type till struct {
	url, key, secret string
	client           *http.Client
}

type tillSaid struct {
	Code   int             `json:"infcode"`
	Err    string          `json:"err_msg"`
	Warn   string          `json:"warn_msg"`
	Output json.RawMessage `json:"output"`
}

func (c *till) send(infno, inst, input string) (*tillSaid, error) {
	body := fmt.Sprintf(`{"infno":%q,"msgid":"%s%s","mdtrtarea_admvs":"990101","insuplc_admdvs":"990101","fixmedins_code":%q,"opter":"01","inf_time":%q,"input":%s}`, infno, inst,
		time.Now().Format("20060102150405.000000"), inst, time.Now().In(time.FixedZone("", 8*3600)).Format(time.DateTime), input)
	r, err := http.NewRequest("POST", c.url+"/fsi/"+infno, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	var n [16]byte
	rand.Read(n[:])
	nonce, at := hex.EncodeToString(n[:]), strconv.FormatInt(time.Now().Unix(), 10)
	for k, v := range map[string]string{"content-type": "application/json", "x-tif-paasid": c.key, "x-tif-timestamp": at, "x-tif-nonce": nonce, "x-tif-signature": auth.SignTIF(c.secret, at, nonce)} {
		r.Header.Set(k, v)
	}
	a, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	out := &tillSaid{}
	if err := json.Unmarshal(b, out); err != nil {
		return nil, fmt.Errorf("%w: %s", err, b)
	}
	return out, nil
}

func mj(t *testing.T, args ...string) string {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.Command("mingjian", args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("mingjian %v: %v\n%s%s", args, err, out, errs.String())
	}
	return string(out)
}

// goodsServer starts a server on a data directory and returns how to talk to it and its process.
func goodsServer(t *testing.T, dir string, c *till) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("mingjian", "serve", "--listen", "127.0.0.1:0", "--data", dir, "--key-rate", "0")
	var log bytes.Buffer
	cmd.Stderr = &log
	p, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%.4000s", log.String())
		}
	})
	line, err := bufio.NewReader(p).ReadString('\n')
	_, rest, ok := strings.Cut(line, "://")
	if err != nil || !ok {
		t.Fatalf("%q %v\n%s", line, err, log.String())
	}
	addr, _, _ := strings.Cut(rest, "（")
	c.url = "http://" + addr
	c.client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	for { // the engine opens while the server listens already; the deadline is the test's
		r, err := c.client.Get(c.url + "/readyz")
		if err != nil {
			t.Fatalf("%v\n%s", err, log.String())
		}
		r.Body.Close()
		if r.StatusCode == http.StatusOK {
			return cmd
		}
	}
}

func goodsTown(t *testing.T) (dir string, c *till) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "d")
	city := filepath.Join(t.TempDir(), "city")
	mj(t, "synth", "--out", city, "--persons", "200", "--months", "1", "--clean")
	mj(t, "knowledge", "import", "--data", dir, "--starter")
	mj(t, "import", "--data", dir, city)
	var key struct {
		ID     string `json:"key_id"`
		Secret string `json:"secret"`
	}
	if err := json.Unmarshal([]byte(mj(t, "key", "add", "HIS", "--admdvs", "9901", "--data", dir, "--json")), &key); err != nil {
		t.Fatal(err)
	}
	return dir, &till{key: key.ID, secret: key.Secret}
}

func tillInst(n int) string { return fmt.Sprintf("P9901010090%d", n) }
func tillCode(n int) string { return fmt.Sprintf("9900007%013d", n) }
func tillNow() string       { return time.Now().In(time.FixedZone("", 8*3600)).Format(time.DateTime) }
func saleOf(doc, code string) string {
	return fmt.Sprintf(`{"selinfo":{"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","fixmedins_bchno":"b%s","rtal_docno":%q,"mdtrt_sn":"m%s","psn_no":"P%s","sel_retn_cnt":1,"trdn_flag":"0","sel_retn_time":%q,"drugtracinfo":[{"drug_trac_codg":%q}]}}`,
		doc, doc, doc, doc, tillNow(), code)
}

func settleOf(doc, code string) string {
	return fmt.Sprintf(`{"data":{"psn_no":"P%s","mdtrt_id":"m%s","med_type":"41","insutype":"310","medfee_sumamt":10},"drug_trac_info":[{"feedetl_sn":"f%s","drug_trac_codg":%q,"trdn_flag":"0","min_prcunt_type":"2"}]}`, doc, doc, doc, code)
}

// Counters of several pharmacies want the same boxes over HTTP, by sales uploads and settlements, and the server is killed under them. What was
// acknowledged must stand afterwards, and no box may have been let through twice.
func TestGoodsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	dir, c := goodsTown(t)
	owner := map[int]string{}
	refused := 0
	var mu sync.Mutex
	for round := range rounds {
		cmd := goodsServer(t, dir, c)
		limit := 150 + mrand.IntN(400)
		acked := 0
		var wg sync.WaitGroup
		for k := range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := 0; ; n++ {
					box := mrand.IntN(1_000_000) + 1000
					if n%2 == 0 {
						box = mrand.IntN(40) + round*40 // what everybody wants
					}
					doc := fmt.Sprintf("%d-%d-%d", round, k, n)
					infno, in := "3505", saleOf(doc, tillCode(box))
					if n%3 == 0 {
						infno, in = "2207", settleOf(doc, tillCode(box))
					}
					a, err := c.send(infno, tillInst(k), in)
					if err != nil {
						return // it was killed
					}
					mu.Lock()
					switch {
					case a.Code == 0:
						if was, ok := owner[box]; ok {
							t.Errorf("box %d was let through twice: %s and %s", box, was, doc)
						}
						owner[box] = doc
						if acked++; acked == limit {
							cmd.Process.Kill()
						}
					case strings.Contains(a.Err, "[303]"):
						refused++
					default:
						t.Errorf("%s: %s", infno, a.Err)
					}
					mu.Unlock()
				}
			}()
		}
		wg.Wait()
		cmd.Wait()
	}
	if refused == 0 {
		t.Error("no counter was refused")
	}
	goodsServer(t, dir, c)
	for box, doc := range owner {
		a, err := c.send("3505", tillInst(9), saleOf("check"+doc, tillCode(box)))
		if err != nil {
			t.Fatal(err)
		}
		if a.Code == 0 {
			t.Errorf("box %d, sold under %s, was sold again after the kills", box, doc)
		}
	}
	t.Logf("%d acknowledged, %d refused", len(owner), refused)
	for k, back := range []string{"2208", "2305"} {
		cancelled(t, c, back, 9_000_000+k)
	}
}

// cancelled: a settlement is taken back; its box may be sold by another pharmacy then, and by nobody before. Only who settled it
// may take it back, and a second cancellation gives nobody else's box free.
func cancelled(t *testing.T, c *till, back string, box int) {
	t.Helper()
	code, doc := tillCode(box), fmt.Sprint("c", back)
	say := func(infno string, inst int, in string, taken bool) {
		t.Helper()
		a, err := c.send(infno, tillInst(inst), in)
		if err != nil {
			t.Fatal(err)
		}
		if (a.Code == 0) != taken {
			t.Errorf("%s by pharmacy %d: code %d %s, want taken %v", infno, inst, a.Code, a.Err, taken)
		}
	}
	undo := fmt.Sprintf(`{"data":{"psn_no":"P%s","mdtrt_id":"m%s"}}`, doc, doc)
	say("2207", 1, settleOf(doc, code), true)
	say("3505", 2, saleOf(doc+"x", code), false)
	say(back, 2, undo, true) // of a settlement it never made
	say("3505", 2, saleOf(doc+"x", code), false)
	say(back, 1, undo, true)
	say("3505", 2, saleOf(doc+"x", code), true)
	say(back, 1, undo, true)
	say("3505", 3, saleOf(doc+"y", code), false)
}
