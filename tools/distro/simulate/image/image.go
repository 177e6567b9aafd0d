// Package image names container images in the way a node does that has pulled them with containerd.
package image

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/distribution/reference"
)

// Full is the complete form of a name: "redis" is docker.io/library/redis:latest.
func Full(name string) (string, error) {
	named, err := reference.ParseDockerRef(name)
	if err != nil {
		return "", fmt.Errorf("couldn't parse image name %q: %w", name, err)
	}
	return named.String(), nil
}

// ID is what a container status has as imageID. Nothing is pulled, so the digest is made from the name:
// the same image has the same one on every node and in every run.
func ID(name string) (string, error) {
	named, err := reference.ParseDockerRef(name)
	if err != nil {
		return "", fmt.Errorf("couldn't parse image name %q: %w", name, err)
	}
	if _, digested := named.(reference.Digested); digested {
		return named.String(), nil
	}
	sum := sha256.Sum256([]byte(named.String()))
	return reference.TrimNamed(named).String() + "@sha256:" + hex.EncodeToString(sum[:]), nil
}
