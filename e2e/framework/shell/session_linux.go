package shell

import (
	"errors"
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

// Abandon ends all shells of this process at once, with everything that runs in them. It is for a process that ends
// without closing them: what a shell has started would outlive it.
func Abandon() {
	self := os.Getpid()
	for _, p := range processes() {
		if p.parent == self && p.session == p.pid && p.command == "bash" {
			kill(p.session)
		}
	}
}

// members lists the living processes of a session.
func members(session int) []int {
	var all []int
	for _, p := range processes() {
		if p.session == session {
			all = append(all, p.pid)
		}
	}
	return all
}

// entry is a living process in the list of them.
type entry struct {
	pid, parent, session int
	command              string
}

// processes lists all of this machine, as far as they can be seen.
func processes() []entry {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var all []entry
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // Gone meanwhile.
		}
		if p, alive := parseStat(string(text)); alive {
			all = append(all, p)
		}
	}
	return all
}

// parseStat reads PID (COMMAND) STATE PPID PGRP SESSION; the command may have anything in it.
func parseStat(text string) (p entry, alive bool) {
	begin, end := strings.Index(text, "("), strings.LastIndex(text, ")")
	if begin < 0 || end < begin {
		return p, false
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 4 || fields[0] == "Z" {
		return p, false
	}
	var errs [3]error
	p.command = text[begin+1 : end]
	p.pid, errs[0] = strconv.Atoi(strings.TrimSpace(text[:begin]))
	p.parent, errs[1] = strconv.Atoi(fields[1])
	p.session, errs[2] = strconv.Atoi(fields[3])
	return p, errors.Join(errs[:]...) == nil
}
