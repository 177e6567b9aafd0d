#!/usr/bin/env bash
# Says what has to be kept for the next run, and under which hash of the content that it is made from.
# hashFiles of GitHub sees only the workspace, and the sources of an action are outside of it.
set -euo pipefail
cd "$GITHUB_ACTION_PATH/../../.."

digest() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16; }

go=$(go env GOVERSION)
{
  # What Kubernetes, the node image and the workshop's images are made from, as in package e2e/framework/assets.
  echo "images=$go-$(digest tools/distro tools/nodeimage tools/guestbook e2e/framework/image go.mod go.sum)"
  # What the command is compiled from.
  echo "command=$go-$(digest go.mod go.sum e2e/framework e2e/workshop tools/seatrial tools/internal)"
  echo "go=$go"
  echo "build=$(go env GOCACHE)"
  echo "modules=$(go env GOMODCACHE)"
} >> "$GITHUB_OUTPUT"
