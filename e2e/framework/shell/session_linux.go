package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// own gives bash a session of its own, without a terminal to ask at, and lets it end with us.
func own(cmd *exec.Cmd) {
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
}

// kill ends all processes of a session. One that is started meanwhile is met in the next round.
func kill(session int) {
	const rounds = 20
	for range rounds {
		left := members(session)
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
}

// members lists the living processes of a session.
func members(session int) []int {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var all []int
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // Gone meanwhile.
		}
		// PID (COMMAND) STATE PPID PGRP SESSION: the command may have anything in it.
		_, rest, found := strings.Cut(string(text[strings.LastIndex(string(text), ")"):]), " ")
		fields := strings.Fields(rest)
		if !found || len(fields) < 4 || fields[0] == "Z" || fields[3] != strconv.Itoa(session) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			all = append(all, pid)
		}
	}
	return all
}
