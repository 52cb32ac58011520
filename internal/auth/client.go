package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes of RS256 and ES256
	_ "crypto/sha512" // and of RS384 and ES384
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
)

// Client is a calling system that signs its tokens with a private key of its own, as CDS Hooks asks: the installation keeps the public
// ones. Addresses in tokens (jku) are never followed.
type Client struct {
	Iss string `json:"iss"` // who the tokens say they are from
	Key string `json:"key"` // id of the API key whose scope the client has; revoking the key ends the client
	Aud string `json:"aud"` // what the tokens must be made out for, "" = not asked
	Set struct {
		Keys []jwk `json:"keys"`
	} `json:"jwks"`

	keys map[string]crypto.PublicKey // by kid
}

// jwk is a public key as RFC 7517 writes it.
type jwk struct {
	Kty, Kid, Alg, Crv string
	N, E, X, Y         string
}

// ClientDir is the folder in a data directory that holds a file for each client.
const ClientDir = "clients"

// LoadClients reads the clients of a data directory by iss. The error names the file.
func LoadClients(dataDir string) (map[string]*Client, error) {
	names, err := filepath.Glob(filepath.Join(dataDir, ClientDir, "*.json"))
	if err != nil {
		return nil, err
	}
	out := map[string]*Client{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		c := &Client{keys: map[string]crypto.PublicKey{}}
		if err == nil {
			err = json.Unmarshal(raw, c)
		}
		if err == nil {
			err = c.check()
		}
		if err == nil && out[c.Iss] != nil {
			err = fmt.Errorf("iss %q 已有另一个文件", c.Iss)
		}
		if err != nil {
			return nil, fmt.Errorf("调用系统文件 %s：%w", name, err)
		}
		out[c.Iss] = c
	}
	return out, nil
}

func (c *Client) check() error {
	if c.Iss == "" || c.Key == "" || len(c.Set.Keys) == 0 {
		return errors.New("要写 iss、key（接口密钥编号）和 jwks")
	}
	for i := range c.Set.Keys {
		k := &c.Set.Keys[i]
		pub, err := k.public()
		if err != nil {
			return fmt.Errorf("jwks 第 %d 个公钥：%w", i+1, err)
		}
		if c.keys[k.Kid] != nil {
			return fmt.Errorf("jwks 里 kid %q 有两个", k.Kid)
		}
		c.keys[k.Kid] = pub
	}
	return nil
}

var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384()}

func (k *jwk) public() (crypto.PublicKey, error) {
	num := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			return new(big.Int)
		}
		return new(big.Int).SetBytes(b)
	}
	switch k.Kty {
	case "RSA":
		n, e := num(k.N), num(k.E)
		if n.BitLen() < 2048 || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
			return nil, errors.New("RSA 公钥至少 2048 位")
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
	case "EC":
		p := &ecdsa.PublicKey{Curve: curves[k.Crv], X: num(k.X), Y: num(k.Y)}
		if p.Curve == nil {
			return nil, fmt.Errorf("曲线 %q 不收，请用 P-256 或 P-384", k.Crv)
		}
		if _, err := p.ECDH(); err != nil {
			return nil, errors.New("坐标不在曲线上")
		}
		return p, nil
	}
	return nil, fmt.Errorf("kty %q 不收，请用 EC 或 RSA", k.Kty)
}

// algorithms of tokens that are signed with a private key.
var algorithms = map[string]crypto.Hash{"ES256": crypto.SHA256, "ES384": crypto.SHA384, "RS256": crypto.SHA256, "RS384": crypto.SHA384}

// signed tells whether the client signed a text.
func (c *Client) signed(alg, kid, text string, sig []byte) bool {
	h, ok := algorithms[alg]
	pub := c.keys[kid]
	if !ok || pub == nil {
		return false
	}
	hash := h.New()
	hash.Write([]byte(text))
	sum := hash.Sum(nil)
	switch p := pub.(type) {
	case *rsa.PublicKey:
		return alg[0] == 'R' && rsa.VerifyPKCS1v15(p, h, sum, sig) == nil
	case *ecdsa.PublicKey:
		n := (p.Curve.Params().BitSize + 7) / 8
		if alg[0] != 'E' || len(sig) != 2*n || len(sum) != n { // ES256 goes with P-256, ES384 with P-384
			return false
		}
		return ecdsa.Verify(p, sum, new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:]))
	}
	return false
}

// audience is the aud of a token: one text or several.
type audience []string

func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

func (c *Client) meant(a audience) bool { return c.Aud == "" || slices.Contains(a, c.Aud) }

// Trust replaces the clients that sign with keys of their own.
func (g *Gate) Trust(clients map[string]*Client) { g.clients.Store(&clients) }

func (g *Gate) client(iss string) *Client {
	if m := g.clients.Load(); m != nil {
		return (*m)[iss]
	}
	return nil
}
