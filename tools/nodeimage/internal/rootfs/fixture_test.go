package rootfs

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

// What the entries of a test's tar file are.
func folder(name string) tar.Header {
	return tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}
}

func link(name, to string) tar.Header {
	return tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: to}
}

func hard(name, to string) tar.Header {
	return tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: to}
}

func file(name, what string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Linkname: what} // Its content; pack takes it out.
}

// pack makes a tar file; a regular file's Linkname is its content.
func pack(tb testing.TB, headers ...tar.Header) []byte {
	tb.Helper()
	g := gomega.NewWithT(tb)
	var out bytes.Buffer
	writer := tar.NewWriter(&out)
	for _, header := range headers {
		content := ""
		if header.Typeflag == tar.TypeReg {
			content, header.Linkname = header.Linkname, ""
			header.Size = int64(len(content))
		}
		g.Expect(writer.WriteHeader(&header)).To(gomega.Succeed())
		_, err := writer.Write([]byte(content))
		g.Expect(err).ToNot(gomega.HaveOccurred())
	}
	g.Expect(writer.Close()).To(gomega.Succeed())
	return out.Bytes()
}

// write puts a tar file into a folder of the test.
func write(tb testing.TB, content []byte) string {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "root.tar")
	gomega.NewWithT(tb).Expect(os.WriteFile(name, content, 0o600)).To(gomega.Succeed())
	return name
}

// plant opens a tree of these entries.
func plant(tb testing.TB, headers ...tar.Header) *Tree {
	tb.Helper()
	tree, err := Open(write(tb, pack(tb, headers...)))
	gomega.NewWithT(tb).Expect(err).ToNot(gomega.HaveOccurred())
	tb.Cleanup(func() { _ = tree.Close() })
	return tree
}
