package stage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// headerTimeout ends connections that say nothing.
const headerTimeout = 10 * time.Second

// server gives the files of a folder to this machine alone.
type server struct {
	address string
	http    *http.Server
	ended   chan error
}

// listen serves a folder, which need not be there yet.
func listen(ctx context.Context, folder string) (*server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serving %q: %w", folder, err)
	}
	s := &server{
		address: "http://" + listener.Addr().String(),
		http:    &http.Server{Handler: http.FileServer(http.Dir(folder)), ReadHeaderTimeout: headerTimeout},
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
	return err
}
