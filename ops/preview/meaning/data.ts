import { asText, type Consequence, means } from "../consequence.ts";
import { goes, type Step } from "../steps.ts";

/** What can't be undone, and the protection from it. */
export function ofData(steps: readonly Step[]): Consequence[] {
  return steps.flatMap((step) => {
    const { type, name, before } = step;
    const found: Consequence[] = [];
    if (type.endsWith(":Volume") && name.endsWith("-data") && goes(step)) {
      found.push(
        means("data loss", `the volume ${asText(before?.["name"])} and all its data would be removed`),
      );
    }
    if (name.endsWith("salt-key") && goes(step)) {
      found.push(
        means(
          "data loss",
          "the salt key would change: credentials in the database could not be read any more",
        ),
      );
    }
    if (name.endsWith("database-password") && goes(step)) {
      found.push(
        means("high", "the database's password would change, while the data volume keeps the old one"),
      );
    }
    if (name.endsWith("audit-signing-key") && goes(step)) {
      found.push(
        means("high", "the audit log would be signed by another key: whoever checks it needs the new one"),
      );
    }
    if (step.wasProtected && !step.isProtected && step.op !== "delete") {
      found.push(means("high", `${name} would no longer be protected from being destroyed`));
    }
    return found;
  });
}
