package engine

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
)

// probeWord is what the probe program prints.
const probeWord = "seatrial"

// The layout of the probe program in memory: the whole file is one readable and executable segment.
const (
	programBase   = 0x400000
	programAlign  = 0x10000 // The largest page size of arm64.
	elfHeaderSize = 64
	segmentSize   = 56
)

// probeProgram assembles the program of the probe image. It stands in for a node's entrypoint: it prints the probe
// word, makes all mounts shared, as a node does before anything else, and exits with the error number of that, 0 if it
// was allowed. A program that is 190 bytes of our own needs neither a compiler nor an image from elsewhere.
func probeProgram(arch string) ([]byte, error) {
	machine, code, err := probeCode(arch)
	if err != nil {
		return nil, err
	}
	code = append(code, probeWord+"\n"+"/\x00"...)
	size := uint64(elfHeaderSize + segmentSize + len(code))
	header := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{
			0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT), byte(elf.ELFOSABI_NONE),
		},
		Type:      uint16(elf.ET_EXEC),
		Machine:   uint16(machine),
		Version:   uint32(elf.EV_CURRENT),
		Entry:     programBase + elfHeaderSize + segmentSize,
		Phoff:     elfHeaderSize,
		Ehsize:    elfHeaderSize,
		Phentsize: segmentSize,
		Phnum:     1,
	}
	segment := elf.Prog64{
		Type:   uint32(elf.PT_LOAD),
		Flags:  uint32(elf.PF_R | elf.PF_X),
		Vaddr:  programBase,
		Paddr:  programBase,
		Filesz: size,
		Memsz:  size,
		Align:  programAlign,
	}
	var program bytes.Buffer
	for _, part := range []any{header, segment, code} {
		if err := binary.Write(&program, binary.LittleEndian, part); err != nil {
			return nil, fmt.Errorf("assembling the probe program: %w", err)
		}
	}
	return program.Bytes(), nil
}

// probeCode returns the instructions. Right behind them come the word with its line break (9 bytes) and the path "/".
// The mount flags are MS_REC|MS_SHARED, 0x104000.
func probeCode(arch string) (elf.Machine, []byte, error) {
	switch arch {
	case "amd64":
		return elf.EM_X86_64, []byte{
			0xb8, 0x01, 0x00, 0x00, 0x00, // mov eax, 1 (write)
			0x89, 0xc7, // mov edi, eax (standard output)
			0x48, 0x8d, 0x35, 0x2d, 0x00, 0x00, 0x00, // lea rsi, [rip+45] (the word)
			0xba, 0x09, 0x00, 0x00, 0x00, // mov edx, 9
			0x0f, 0x05, // syscall
			0xb8, 0xa5, 0x00, 0x00, 0x00, // mov eax, 165 (mount)
			0x31, 0xff, // xor edi, edi (no source)
			0x48, 0x8d, 0x35, 0x21, 0x00, 0x00, 0x00, // lea rsi, [rip+33] (the path)
			0x31, 0xd2, // xor edx, edx (no type)
			0x41, 0xba, 0x00, 0x40, 0x10, 0x00, // mov r10d, 0x104000 (flags)
			0x45, 0x31, 0xc0, // xor r8d, r8d (no data)
			0x0f, 0x05, // syscall
			0x89, 0xc7, // mov edi, eax
			0xf7, 0xdf, // neg edi (the kernel returns -errno)
			0xb8, 0xe7, 0x00, 0x00, 0x00, // mov eax, 231 (exit_group)
			0x0f, 0x05, // syscall
		}, nil
	case "arm64":
		return elf.EM_AARCH64, []byte{
			0x20, 0x00, 0x80, 0xd2, // mov x0, #1 (standard output)
			0xe1, 0x01, 0x00, 0x10, // adr x1, #60 (the word)
			0x22, 0x01, 0x80, 0xd2, // mov x2, #9
			0x08, 0x08, 0x80, 0xd2, // mov x8, #64 (write)
			0x01, 0x00, 0x00, 0xd4, // svc #0
			0xe0, 0x03, 0x1f, 0xaa, // mov x0, xzr (no source)
			0x81, 0x01, 0x00, 0x30, // adr x1, #49 (the path)
			0xe2, 0x03, 0x1f, 0xaa, // mov x2, xzr (no type)
			0x03, 0x00, 0x88, 0xd2, // mov x3, #0x4000
			0x03, 0x02, 0xa0, 0xf2, // movk x3, #0x10, lsl #16 (flags)
			0xe4, 0x03, 0x1f, 0xaa, // mov x4, xzr (no data)
			0x08, 0x05, 0x80, 0xd2, // mov x8, #40 (mount)
			0x01, 0x00, 0x00, 0xd4, // svc #0
			0xe0, 0x03, 0x00, 0xcb, // neg x0, x0 (the kernel returns -errno)
			0xc8, 0x0b, 0x80, 0xd2, // mov x8, #94 (exit_group)
			0x01, 0x00, 0x00, 0xd4, // svc #0
		}, nil
	default:
		return 0, nil, fmt.Errorf("no probe program for %q, only for amd64 and arm64", arch)
	}
}
