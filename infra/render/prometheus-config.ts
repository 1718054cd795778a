import { containerPorts, hosts, replicaHost } from "../names.ts";
import type { Settings } from "../settings/parse.ts";
import { fillTemplate, template } from "./yaml.ts";

/** Text of prometheus.yml: one target per replica, by its name, so that series survive a new address. */
export function renderPrometheusConfig({ replicas, audit }: Pick<Settings, "replicas" | "audit">): string {
  const litellm = Array.from(
    { length: replicas },
    (_, i) => `${replicaHost(i + 1)}:${containerPorts.litellm}`,
  );
  const targets = (job: number) => ["scrape_configs", job, "static_configs", 0, "targets"];
  return fillTemplate(template("prometheus/prometheus.yml"), [
    [targets(0), [`localhost:${containerPorts.prometheus}`]],
    [targets(1), [`${hosts.frontDoor}:${containerPorts.frontDoorInternal}`]],
    [targets(2), litellm],
    [targets(3), audit.enabled ? [`${hosts.audit}:${containerPorts.auditMetrics}`] : []],
  ]);
}
