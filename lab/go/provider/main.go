// The Pulumi Kubernetes provider, served without its schema and conversion tables: the engine asks for neither
// when a Node.js program runs, and its own main generates them in a step that is not part of the module.
package main

import (
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	provider.Serve("kubernetes", version.Version, []byte("{}"), []byte("{}"))
}
