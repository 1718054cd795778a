// Command pulumi-resource-random is upstream's random provider behind Pulumi's bridge, for machines that can't download
// the official plugin. Tokens are those of the npm package @pulumi/random.
package main

import (
	"context"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	random "github.com/terraform-providers/terraform-provider-random/shim"
)

// The version of @pulumi/random whose programs this serves.
const version = "4.21.2"

func resource(member, name string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tokens.Type("random:index/" + member + ":" + name)}
}

func main() {
	info := tfbridge.ProviderInfo{
		P:            pf.ShimProvider(random.New()),
		Name:         "random",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			"random_bytes":    resource("randomBytes", "RandomBytes"),
			"random_id":       resource("randomId", "RandomId"),
			"random_integer":  resource("randomInteger", "RandomInteger"),
			"random_password": resource("randomPassword", "RandomPassword"),
			"random_pet":      resource("randomPet", "RandomPet"),
			"random_string":   resource("randomString", "RandomString"),
			"random_uuid":     resource("randomUuid", "RandomUuid"),
		},
		// Newer than the SDK that programs are written against.
		IgnoreMappings: []string{"random_shuffle", "random_uuid4", "random_uuid7"},
	}
	schema := []byte(`{"name":"random","version":"` + version + `"}`)
	pf.Main(context.Background(), "random", info, pf.ProviderMetadata{PackageSchema: schema})
}
