// Package shim hands out the random provider, whose constructor upstream keeps in an internal package: only a module
// whose path lies under upstream's own may import it.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	internal "github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// New makes the provider.
func New() provider.Provider { return internal.New() }
