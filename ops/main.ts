import { Command } from "commander";
import { registerAccess } from "./access.ts";
import { registerApprovals } from "./approvals.ts";
import { registerAudit } from "./audit.ts";
import { registerComment } from "./comment.ts";
import { registerCost } from "./cost.ts";
import { registerDeploy } from "./deploy.ts";
import { registerDiffEnv } from "./diff-env.ts";
import { registerDrift } from "./drift.ts";
import { registerEnv } from "./env.ts";
import { registerImages } from "./images.ts";
import { registerImport } from "./import.ts";
import { registerPreview } from "./preview.ts";
import { registerReport } from "./report.ts";
import { registerReview } from "./review.ts";
import { registerRotate } from "./rotate.ts";
import { runToExit } from "./run.ts";
import { registerSchema } from "./schema.ts";
import { registerSmoke } from "./smoke.ts";
import { registerTunnel } from "./tunnel.ts";

const program = new Command("cerberus")
  .description("Operations on a Cerberus Gateway stack")
  .showHelpAfterError();
registerImages(program);
registerEnv(program);
registerSmoke(program);
registerPreview(program);
registerImport(program);
registerDiffEnv(program);
registerSchema(program);
registerAudit(program);
registerReport(program);
registerTunnel(program);
registerComment(program);
registerReview(program);
registerDrift(program);
registerDeploy(program);
registerApprovals(program);
registerAccess(program);
registerRotate(program);
registerCost(program);
await runToExit(async () => {
  await program.parseAsync();
});
