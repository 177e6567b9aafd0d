package acceptance

import (
	"encoding/pem"
	"net/http/httptest"
)

// certificate is what verifies a test's server.
func certificate(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}
