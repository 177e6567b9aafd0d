package stage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"time"
)

// headerTimeout ends connections that say nothing.
const headerTimeout = 10 * time.Second

// server gives the files of a folder to this machine alone.
type server struct {
	address string
	root    *os.Root
	http    *http.Server
	ended   chan error
}

// listen serves a folder of the reader's, which need not be there yet. A symbolic link that leads out of the reader's is not
// followed: a document in a sandbox could read through it what it cannot see.
func listen(ctx context.Context, readers, folder string) (*server, error) {
	root, err := os.OpenRoot(readers)
	if err != nil {
		return nil, fmt.Errorf("serving %q: %w", folder, err)
	}
	files, err := fs.Sub(root.FS(), path.Clean(folder))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("serving %q: %w", folder, err), root.Close())
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("serving %q: %w", folder, err), root.Close())
	}
	s := &server{
		address: "http://" + listener.Addr().String(),
		root:    root,
		http:    &http.Server{Handler: http.FileServerFS(files), ReadHeaderTimeout: headerTimeout},
		ended:   make(chan error, 1),
	}
	go func() { s.ended <- s.http.Serve(listener) }()
	return s, nil
}

func (s *server) close() error {
	err := s.http.Close()
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return errors.Join(err, s.root.Close())
}
