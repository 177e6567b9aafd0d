package credentials

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const tokenBytes = 32

// masters is the group that is allowed everything. The parts of the control plane are in
// it too: the permissions that a real cluster gives them belong to a service account for
// each controller, whose tokens would have to be made before the first of them can start.
const masters = "system:masters"

var tokenForm = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]{16,}$`)

// ensureTokens takes the administrator's token from a file, or puts a new one there, and
// lists all tokens for the server. Those of our own parts are new at each start.
func (c *Credentials) ensureTokens(tokenFile string) error {
	token, err := ensureToken(tokenFile)
	if err != nil {
		return err
	}
	c.Token = token
	c.Components = map[string]string{}
	lines := [][]string{{token, Admin, Admin, masters}}
	for _, user := range []string{ControllerManager, Scheduler, Nodes} {
		c.Components[user] = random()
		lines = append(lines, []string{c.Components[user], user, user, masters})
	}
	var list bytes.Buffer
	if err := csv.NewWriter(&list).WriteAll(lines); err != nil {
		return fmt.Errorf("listing the tokens: %w", err)
	}
	return writeFile(c.Files.Tokens, list.Bytes())
}

func ensureToken(file string) (string, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		token := random()
		return token, writeFile(file, []byte(token+"\n"))
	}
	if err != nil {
		return "", fmt.Errorf("reading the token: %w", err)
	}
	token := strings.TrimSpace(string(content))
	if !tokenForm.MatchString(token) {
		return "", fmt.Errorf("token file %q holds no token: it needs one word of at least 16 letters and digits; without the file, one is made", file)
	}
	return token, nil
}

func random() string {
	secret := make([]byte, tokenBytes)
	// It never fails: without randomness the program ends.
	_, _ = rand.Read(secret)
	return base64.RawURLEncoding.EncodeToString(secret)
}

// writeFile lets nobody see half a file: what is watched for, is whole when it is there.
func writeFile(file string, content []byte) error {
	part, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-")
	if err != nil {
		return fmt.Errorf("writing %q: %w", file, err)
	}
	_, err = part.Write(content)
	// It was made readable for its owner alone.
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", file, errors.Join(err, os.Remove(part.Name())))
	}
	return nil
}
