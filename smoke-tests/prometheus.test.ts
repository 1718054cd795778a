import { expect, test } from "vitest";
import { agentKey, call, chatBody, eventually, fresh, lookAt, stack } from "./gateway.ts";

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function query(expression: string): Promise<readonly Sample[]> {
  const response = await fetch(
    `${stack.urls.prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`,
  );
  expect(response.status, lookAt("prometheus")).toBe(200);
  return ((await response.json()) as { data: { result: Sample[] } }).data.result;
}

test("Prometheus sees every replica, the front door and the audit writer", async () => {
  const wanted = stack.replicas + 2 + (stack.auditLog === null ? 0 : 1);
  const up = await eventually(
    () => query("up == 1"),
    (samples) => samples.length >= wanted,
  );
  expect(up.length, `${stack.urls.prometheus}/targets shows which target is down`).toBe(wanted);
});

test("LiteLLM's own series are there and count", async () => {
  await call("/v1/chat/completions", { key: agentKey, body: chatBody(fresh("smoke metrics")) });
  const samples = await eventually(
    () => query("sum(litellm_proxy_total_requests_metric_total)"),
    (found) => Number(found[0]?.value[1] ?? 0) > 0,
  );
  expect(Number(samples[0]?.value[1] ?? 0), lookAt("litellm-1")).toBeGreaterThan(0);
});
