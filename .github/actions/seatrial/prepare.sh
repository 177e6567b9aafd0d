#!/usr/bin/env bash
# Compiles the command, and prepares what clusters are made of: with what an earlier run has kept in the folder IMAGES, or
# anew, and then keeps it there.
set -euo pipefail
cd "$GITHUB_ACTION_PATH/../../.."
seatrial=$RUNNER_TEMP/seatrial
kept=$IMAGES/seatrial-images.tar

# Real nodes are run, and Debian's packages installed, by root. What it makes is the user's.
as_root=()
if [ "$SEATRIAL_PROVIDER" != embedded ] && [ "$(id -u)" != 0 ]; then
  as_root=(sudo --preserve-env env "PATH=$PATH" "HOME=$HOME")
fi

go build -o "$seatrial" ./tools/seatrial
if [ "$SEATRIAL_COMMAND" = lint ]; then
  exit 0 # Documents are only read.
fi
if [ -f "$kept" ] && "${as_root[@]}" "$seatrial" images load "$kept"; then
  exit 0
fi
# What Kubernetes is compiled to is needed once: kept with the rest, it would fill the cache of the repository.
"${as_root[@]}" env "GOCACHE=$RUNNER_TEMP/seatrial-build" make prepare
mkdir -p "$IMAGES"
"${as_root[@]}" "$seatrial" images save "$kept"
if [ "${#as_root[@]}" -gt 0 ]; then
  sudo chown -R "$(id -u):$(id -g)" "$IMAGES" "$RUNNER_TEMP/seatrial-build" "${SEATRIAL_CACHE:-$HOME/.cache/seatrial}" "$(go env GOMODCACHE)"
fi
rm -rf "$RUNNER_TEMP/seatrial-build"
