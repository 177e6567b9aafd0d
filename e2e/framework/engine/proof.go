package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// recallTimeout bounds the one call that a remembered proof costs.
const recallTimeout = 10 * time.Second

// proof is what a successful probe leaves in the folder, so that the next one can be skipped.
type proof struct {
	// Key stands for everything the probe depends on; any change makes the proof worthless.
	Key      string `json:"key"`
	Version  string `json:"version"`
	Rootless bool   `json:"rootless"`
	DNS      bool   `json:"dns"`
	IPv6     bool   `json:"ipv6"`
}

// proofPath is the file of an engine's proof.
func (f *finder) proofPath(name string) string {
	return filepath.Join(f.dir, "engine-"+name+".json")
}

// recall completes an engine from its remembered proof, and tells whether that still holds. The engine must answer and
// still have the probe image, which also shows that its storage is the same.
func (f *finder) recall(ctx context.Context, e *Engine) bool {
	text, err := os.ReadFile(f.proofPath(e.Name))
	if err != nil {
		return false
	}
	var old proof
	if json.Unmarshal(text, &old) != nil {
		return false
	}
	e.Version, e.Rootless, e.DNS, e.IPv6 = old.Version, old.Rootless, old.DNS, old.IPv6
	if f.configure(e) != nil || f.proofKey(e) != old.Key {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, recallTimeout)
	defer cancel()
	_, err = e.Run(ctx, inspectArgs(f.image)...)
	return err == nil
}

// remember leaves the proof of an engine. It is only a short cut, so it may fail.
func (f *finder) remember(e *Engine) error {
	text, err := json.Marshal(proof{
		Key: f.proofKey(e), Version: e.Version, Rootless: e.Rootless, DNS: e.DNS, IPv6: e.IPv6,
	})
	if err != nil {
		return fmt.Errorf("remembering the proof of %q: %w", e.Name, err)
	}
	return replaceFile(f.proofPath(e.Name), string(text)+"\n")
}

// proofKey digests what a proof depends on: the boot, the machine's facts, the programs, the settings, the variables
// that lead an engine elsewhere, and what the probe does.
func (f *finder) proofKey(e *Engine) string {
	bootID, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // Only Linux has it.
	inputs := []string{
		string(bootID), runtime.GOARCH, fmt.Sprintf("%+v", e.Host), e.Version, strings.Join(e.Env, " "),
		f.settings(e), f.image.tag.String(),
		strings.Join(networkArgs("name", "subnet"), " "), strings.Join(runArgs(e, "name", f.image.tag.String()), " "),
		fileStamp(e.Path), fileStamp(f.usersSettings()),
	}
	for _, name := range []string{
		"conmon", "crun", "runc", "netavark", "aardvark-dns", "iptables", "ip6tables", "nft", "newuidmap",
	} {
		inputs = append(inputs, fileStamp(findProgram(name)))
	}
	for _, name := range []string{
		"CONTAINERS_STORAGE_CONF", "CONTAINER_HOST", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG",
		"CONTAINERD_ADDRESS", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME",
	} {
		inputs = append(inputs, name+"="+os.Getenv(name))
	}
	digest := sha256.Sum256([]byte(strings.Join(inputs, "\x00")))
	return hex.EncodeToString(digest[:])
}

// fileStamp changes whenever a program is replaced.
func fileStamp(path string) string {
	about, err := os.Stat(path)
	if err != nil {
		return path + " absent"
	}
	return fmt.Sprintf("%s %d %d", path, about.Size(), about.ModTime().UnixNano())
}
