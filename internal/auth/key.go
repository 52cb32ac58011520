package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// KeyFile is the file in the data directory under whose key secrets are sealed.
const KeyFile = "secret.key"

// Keys are the API keys of calling systems. Every change is on the trail.
type Keys struct {
	DB    *store.DB
	Trail *Trail
	aead  cipher.AEAD
}

// OpenKeys reads the key file of a data directory, making it on first use.
func OpenKeys(dataDir string, db *store.DB, trail *Trail) (*Keys, error) {
	path := filepath.Join(dataDir, KeyFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		have, err := db.Keys(context.Background())
		if err != nil {
			return nil, err
		}
		if len(have) > 0 {
			return nil, fmt.Errorf("%s 不见了，已有的接口密钥都无法核验：请从备份恢复这个文件", path)
		}
		if err := makeKeyFile(path); err != nil {
			return nil, err
		}
		raw, err = os.ReadFile(path)
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s 已损坏，请从备份恢复", path)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	k := &Keys{DB: db, Trail: trail}
	k.aead, err = cipher.NewGCM(block)
	return k, err
}

// makeKeyFile puts a new key in place; of two processes the first one's stays.
func makeKeyFile(path string) error {
	key := make([]byte, 32)
	rand.Read(key)                                              // never fails
	tmp, err := os.CreateTemp(filepath.Dir(path), KeyFile+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(key) + "\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// NewKey is what a key begins with.
type NewKey struct {
	Name    string // of the calling system
	Scope   Scope
	Expires time.Time // zero = never
}

// Add makes a key and returns its id and secret. The secret cannot be read again.
func (k *Keys) Add(ctx context.Context, actor string, n NewKey) (id, secret string, err error) {
	if n.Name == "" {
		return "", "", errors.New("请写明密钥给哪个系统用")
	}
	var b [32]byte
	rand.Read(b[:])
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	id = "mk" + store.NewID()
	row := &store.Key{ID: id, Name: n.Name, Secret: k.seal(id, secret), Admdvs: n.Scope.Admdvs, Inst: n.Scope.Inst, MadeAt: store.Micros(time.Now()),
		ExpiresAt: store.Micros(n.Expires)}
	err = k.Trail.Do(ctx, k.DB, func(tx *store.Tx) ([]Event, error) {
		return []Event{{actor, "新增密钥", id, fmt.Sprintf("系统 %s；区划 %s；机构 %s", n.Name, n.Scope.Admdvs, n.Scope.Inst)}}, tx.AddKey(row)
	})
	return id, secret, err
}

// Revoke ends a key at once.
func (k *Keys) Revoke(ctx context.Context, actor, id string) error {
	return k.Trail.Do(ctx, k.DB, func(tx *store.Tx) ([]Event, error) {
		x, err := tx.Key(id)
		if err != nil {
			return nil, err
		}
		if x.RevokedAt > 0 {
			return nil, fmt.Errorf("接口密钥 %s 已经作废", id)
		}
		return []Event{{actor, "作废密钥", id, "系统 " + x.Name}}, tx.RevokeKey(x, store.Micros(time.Now()))
	})
}

// Seal hides a text under the data directory's key, for one purpose; Unseal opens it for the same. Servers that share the key file open each
// other's.
func (k *Keys) Seal(purpose, plain string) string { return k.seal(purpose, plain) }

// Unseal opens what Seal closed; an error for anything else.
func (k *Keys) Unseal(purpose, sealed string) (string, error) { return k.unseal(purpose, sealed) }

func (k *Keys) seal(id, secret string) string {
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(k.aead.Seal(nonce, nonce, []byte(secret), []byte(id)))
}

func (k *Keys) unseal(id, sealed string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) < k.aead.NonceSize() {
		return "", fmt.Errorf("接口密钥 %s 的密文已损坏", id)
	}
	plain, err := k.aead.Open(nil, b[:k.aead.NonceSize()], b[k.aead.NonceSize():], []byte(id))
	if err != nil {
		return "", fmt.Errorf("接口密钥 %s 打不开：%s 与业务库不配套", id, KeyFile)
	}
	return string(plain), nil
}

// maxSkew is how far a caller's clock may be off.
const maxSkew = 5 * time.Minute

// SignTIF is the gateway signature of a request.
func SignTIF(secret, timestamp, nonce string) string {
	h := sha256.Sum256([]byte(timestamp + secret + nonce + timestamp))
	return hex.EncodeToString(h[:])
}
