package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Parameters of argon2id for new passwords (RFC 9106 names the function; 19 MiB and 2 passes keep a check under a tenth of a
// second on a county's server). Stored passwords keep their own.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// minPassword is the fewest characters of a password.
const minPassword = 10

// CheckPassword tells whether a password may be chosen.
func CheckPassword(login, password string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return fmt.Errorf("口令至少 %d 个字符", minPassword)
	case len(password) > 1024:
		return errors.New("口令太长")
	case strings.Contains(strings.ToLower(password), strings.ToLower(login)):
		return errors.New("口令里不能有登录名")
	}
	return nil
}

// HashPassword makes the text form of a password's hash, with a new salt.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b.EncodeToString(salt), b.EncodeToString(key))
}

// VerifyPassword compares a password with a stored hash. stale is true when the hash should be made anew with today's
// parameters.
func VerifyPassword(hash, password string) (ok, stale bool) {
	var v, m, t, p int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &v, &m, &t, &p); err != nil || v != argon2.Version || m < 8 || m > 1<<20 || t < 1 || t > 100 || p < 1 || p > 255 {
		return false, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil || len(want) == 0 {
		return false, false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(t), uint32(m), uint8(p), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, m != argonMemory || t != argonTime || p != argonLanes
}
