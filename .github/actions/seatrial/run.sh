#!/usr/bin/env bash
# Runs the command. What the workflow's author wrote arrives in variables, and is never read as shell.
set -euo pipefail
seatrial=$RUNNER_TEMP/seatrial
reports=${REPORTS:-$RUNNER_TEMP/seatrial-reports}
mkdir -p "$reports"
echo "reports=$reports" >> "$GITHUB_OUTPUT"

words=(--report "html=$reports/seatrial.html" --report "junit=$reports/seatrial.xml" --report "json=$reports/seatrial.json")
mapfile -t more < <(printf '%s\n%s\n' "$FLAGS" "$PATHS" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d')
words+=("${more[@]}")

if [ "$SEATRIAL_PROVIDER" != embedded ] && [ "$SEATRIAL_COMMAND" != lint ] && [ "$(id -u)" != 0 ]; then
  code=0
  sudo --preserve-env env "PATH=$PATH" "HOME=$HOME" "$seatrial" "$SEATRIAL_COMMAND" "${words[@]}" || code=$?
  sudo chown -R "$(id -u):$(id -g)" "$reports"
  exit "$code"
fi
exec "$seatrial" "$SEATRIAL_COMMAND" "${words[@]}"
