package controllers

import (
	"context"
	"fmt"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
	tokenscontroller "k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/serviceaccount"

	"seatrial/tools/distro/embedded/credentials"
)

// newTokens builds the controller that fills Secrets of type service-account-token.
// Upstream hands its client to the descriptor in a way that is closed to others: the
// descriptor that is exported has none, and panics.
func newTokens(ctx context.Context, c app.ControllerContext, config *rest.Config, own *credentials.Credentials) (func(context.Context), error) {
	key, err := keyutil.PrivateKeyFromFile(own.Files.ServiceAccountKey)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	generator, err := serviceaccount.JWTTokenGenerator(serviceaccount.LegacyIssuer, key)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(rest.AddUserAgent(rest.CopyConfig(config), "tokens-controller"))
	if err != nil {
		return nil, err
	}
	controller, err := tokenscontroller.NewTokensController(klog.FromContext(ctx),
		c.InformerFactory.Core().V1().ServiceAccounts(), c.InformerFactory.Core().V1().Secrets(), client,
		tokenscontroller.TokensControllerOptions{TokenGenerator: generator, RootCA: own.CACert})
	if err != nil {
		return nil, err
	}
	workers := int(c.ComponentConfig.SAController.ConcurrentSATokenSyncs)
	return func(ctx context.Context) { controller.Run(ctx, workers) }, nil
}
