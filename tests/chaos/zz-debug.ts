import { cpSync } from "node:fs";
import { auditChaos } from "/work/main/tests/chaos/audit-chaos.ts";
import { LiveStack } from "/work/main/tests/live/live-stack.ts";
import { execSync } from "node:child_process";
const stack = await LiveStack.create();
try {
  const kills = { audit: 4, "litellm-1": 1, "redis-coordination": 1, postgres: 1 };
  const result = await auditChaos(stack, kills, 1, (l) => console.error(l));
  console.log(JSON.stringify(result));
  cpSync(`${stack.clone.root}/logs/${stack.name}`, "/tmp/chaos-logs", { recursive: true });
  execSync(`docker logs ${stack.name}-audit > /tmp/chaos-audit.log 2>&1; docker logs ${stack.name}-litellm-1 > /tmp/chaos-litellm.log 2>&1`);
} finally { await stack.sweep(); }
