// Command pulumi-resource-docker is upstream's Docker provider behind Pulumi's bridge, for machines that can't download
// the official plugin. Tokens and field names are those of the npm package @pulumi/docker.
package main

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	docker "github.com/terraform-providers/terraform-provider-docker/shim"
)

// The version of @pulumi/docker whose programs this serves.
const version = "5.2.0"

// Terraform's names on the left, the SDK's on the right.
var resources = map[string]string{
	"docker_config":         "ServiceConfig",
	"docker_container":      "Container",
	"docker_image":          "RemoteImage",
	"docker_network":        "Network",
	"docker_plugin":         "Plugin",
	"docker_registry_image": "RegistryImage",
	"docker_secret":         "Secret",
	"docker_service":        "Service",
	"docker_tag":            "Tag",
	"docker_volume":         "Volume",
}

func token(name string) tokens.Type {
	return tokens.Type("docker:index/" + strings.ToLower(name[:1]) + name[1:] + ":" + name)
}

func main() {
	p := shimv2.NewProvider(docker.New(version))
	info := tfbridge.ProviderInfo{
		P:           p,
		Name:        "docker",
		DisplayName: "Docker",
		Version:     version,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {Default: &tfbridge.DefaultInfo{
				EnvVars: []string{"DOCKER_HOST"}, Value: "unix:///var/run/docker.sock",
			}},
			"registry_auth": {Name: "registryAuth"},
		},
	}
	p.ResourcesMap().Range(func(name string, _ shim.Resource) bool {
		if member, known := resources[name]; known {
			info.Resources[name] = &tfbridge.ResourceInfo{Tok: token(member)}
		} else {
			// Newer than the SDK that programs are written against.
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
		return true
	})
	info.Resources["docker_container"].DeleteBeforeReplace = true
	info.Resources["docker_container"].Fields = map[string]*tfbridge.SchemaInfo{
		"command":           {Name: "command"},
		"networks_advanced": {Name: "networksAdvanced"},
	}
	info.Resources["docker_image"].Fields = map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}}
	tfbridge.Main("docker", version, info, []byte(`{"name":"docker","version":"`+version+`"}`))
}
