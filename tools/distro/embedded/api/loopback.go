package api

import (
	"context"
	"net"

	"github.com/google/uuid"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apiserver/pkg/server/egressselector"
	"k8s.io/client-go/rest"

	"seatrial/tools/distro/embedded/inprocess"
)

const protobuf = "application/vnd.kubernetes.protobuf"

// loopback is how the server's own clients reach it. The token is known to nobody else;
// the server adds it to those it accepts.
func loopback(listener net.Listener, transport *inprocess.Transport) *rest.Config {
	config := Client(listener, transport)
	config.BearerToken = uuid.NewString()
	return config
}

// Client is a configuration for a client in this process, without credentials. Nothing
// limits how much it asks: the limits protect a server from many clients on other machines,
// and cost up to 50 ms here.
func Client(listener net.Listener, transport *inprocess.Transport) *rest.Config {
	return &rest.Config{
		Host:               "https://" + listener.Addr().String(),
		Transport:          transport,
		QPS:                -1,
		DisableCompression: true,
		ContentConfig: rest.ContentConfig{
			ContentType:        protobuf,
			AcceptContentTypes: protobuf + ",application/json",
		},
	}
}

// dialer makes every connection of the server to a kubelet the same one.
func dialer(dial utilnet.DialFunc) egressselector.Lookup {
	return func(egressselector.NetworkContext) (utilnet.DialFunc, error) {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			return dial(ctx, network, address)
		}, nil
	}
}
