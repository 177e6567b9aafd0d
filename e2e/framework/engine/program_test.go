package engine

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/onsi/gomega"
)

func TestProbeProgramIsASoundExecutable(t *testing.T) {
	t.Parallel()
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			program, err := probeProgram(arch)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			file, err := elf.NewFile(bytes.NewReader(program))
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(file.Machine).To(gomega.Equal(machine))
			g.Expect(file.Type).To(gomega.Equal(elf.ET_EXEC))
			g.Expect(file.Progs).To(gomega.HaveLen(1))
			g.Expect(file.Progs[0].Filesz).To(gomega.BeEquivalentTo(len(program)))
			g.Expect(file.Entry).To(gomega.BeEquivalentTo(programBase + elfHeaderSize + segmentSize))
			g.Expect(program[len(program)-11:]).To(gomega.BeEquivalentTo("seatrial\n/\x00"))
		})
	}
}

func TestProbeProgramPointsAtItsWordAndPath(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, amd64, err := probeCode("amd64")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	// The operand of lea counts from the instruction behind it.
	lea := func(at int) int { return at + 7 + int(binary.LittleEndian.Uint32(amd64[at+3:])) }
	g.Expect(lea(7)).To(gomega.Equal(len(amd64)))
	g.Expect(lea(28)).To(gomega.Equal(len(amd64) + 9))

	_, arm64, err := probeCode("arm64")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	// The operand of adr counts from itself; its two lowest bits are apart from the others.
	adr := func(at int) int {
		word := binary.LittleEndian.Uint32(arm64[at:])
		return at + int(word>>5&0x7ffff<<2|word>>29&3)
	}
	g.Expect(adr(4)).To(gomega.Equal(len(arm64)))
	g.Expect(adr(24)).To(gomega.Equal(len(arm64) + 9))
}

func TestProbeProgramIsRefusedForOtherMachines(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, err := newProbeImage("riscv64")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`"riscv64"`)))
}

func TestProbeImageIsSoundAndNamedAfterItsContent(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	one, err := newProbeImage("amd64")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	again, err := newProbeImage("amd64")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	other, err := newProbeImage("arm64")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(one.tag.String()).To(gomega.MatchRegexp(`^localhost/seatrial/probe:[0-9a-f]{12}$`))
	g.Expect(again.tag).To(gomega.Equal(one.tag))
	g.Expect(other.tag).NotTo(gomega.Equal(one.tag))

	path := filepath.Join(t.TempDir(), "probe.tar")
	archive, err := one.archive()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	var content bytes.Buffer
	_, err = content.ReadFrom(archive)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(os.WriteFile(path, content.Bytes(), 0o600)).To(gomega.Succeed())
	image, err := tarball.ImageFromPath(path, &one.tag)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(validate.Image(image)).To(gomega.Succeed())
}
