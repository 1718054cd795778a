// Package shim hands out the Docker provider, whose constructor upstream keeps in an internal package: only a module
// whose path lies under upstream's own may import it.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// New makes the provider.
func New(version string) *schema.Provider { return provider.New(version)() }
