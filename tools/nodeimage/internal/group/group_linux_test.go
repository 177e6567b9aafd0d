package group

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

const patience = 10 * time.Second

// The children hold the pipe's other end: it reads as ended when the last of them has.
func TestAnInterruptReachesTheChildrenToo(t *testing.T) {
	g := gomega.NewWithT(t)
	ctx, interrupt := context.WithCancel(t.Context())
	reader, writer, err := os.Pipe()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { _ = reader.Close() })
	cmd := exec.CommandContext(ctx, "sh", "-c", "(echo started; sleep 600) & sleep 600")
	cmd.Stdout = writer
	Own(cmd, syscall.SIGTERM)
	g.Expect(cmd.Start()).To(gomega.Succeed())
	g.Expect(writer.Close()).To(gomega.Succeed())
	_, err = io.ReadFull(reader, make([]byte, len("started\n")))
	g.Expect(err).ToNot(gomega.HaveOccurred())

	interrupt()

	g.Expect(cmd.Wait()).To(gomega.MatchError("signal: terminated"))
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, reader)
		ended <- err
	}()
	g.Eventually(ended).WithContext(t.Context()).WithTimeout(patience).Should(gomega.Receive(gomega.Succeed()))
}

// Who started the program must not hear its signal, nor lose other settings.
func TestTheGroupIsNotOurs(t *testing.T) {
	g := gomega.NewWithT(t)
	out := filepath.Join(t.TempDir(), "group")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "read -r _ _ _ _ group _ < /proc/self/stat; echo $group $$ > "+out)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	Own(cmd, syscall.SIGTERM)
	g.Expect(cmd.Run()).To(gomega.Succeed())
	g.Expect(cmd.SysProcAttr.Pdeathsig).To(gomega.Equal(syscall.SIGKILL))
	said, err := os.ReadFile(out)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	group, leader, _ := strings.Cut(strings.TrimSpace(string(said)), " ")
	g.Expect(group).To(gomega.Equal(leader))
	g.Expect(group).ToNot(gomega.Equal(fmt.Sprint(syscall.Getpgrp())))
}
