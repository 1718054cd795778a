import { isRemote } from "../../infra/engine/address.ts";
import type { StackOutputs } from "../../infra/outputs.ts";
import type { StepTime } from "./steps.ts";

/** What to do next, with no secret in it. */
export function summary(outputs: StackOutputs, times: readonly StepTime[]): string {
  const { urls, stackName, models, auditLog, dockerHost } = outputs;
  const total = times.reduce((sum, step) => sum + step.seconds, 0);
  return `
The gateway "${stackName}" is up (${total.toFixed(0)} s).

  API         ${urls.api}/v1      models: ${models.join(", ")}
  Admin UI    ${urls.ui}
  Health      ${urls.health}
  Prometheus  ${urls.prometheus}
  Approvals   ${urls.approvals ?? "off"}
  Audit log   ${auditLog === null ? "off" : "folder" in auditLog ? auditLog.folder : `volume ${auditLog.volume}`}
${isRemote(dockerHost) ? `\n  It listens on the loopback of ${dockerHost}: npm run tunnel -- --stack ${stackName}\n` : ""}
  Variables for agents    npm run --silent env -- --stack ${stackName}
  Plain pulumi            . .cerberus/env.sh     (then: pulumi preview, pulumi up, …)
  Master key              pulumi stack output masterKey --show-secrets --stack ${stackName}
  Login of the admin UI   pulumi stack output uiLogin --show-secrets --stack ${stackName}
  Keep a copy of          .cerberus/passphrase and .cerberus/state: without them the secrets are lost
`;
}
