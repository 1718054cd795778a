import { compareReleases, judgeRelease } from "../../../infra/images/advisories.ts";
import { litellmRelease } from "../../../infra/images/catalog.ts";
import { asText, type Consequence, means, without } from "../consequence.ts";
import type { Step } from "../steps.ts";

/** What another LiteLLM brings along: known holes, or a database that is too new for it. */
export function ofRelease(steps: readonly Step[]): Consequence[] {
  const changed = steps.filter(({ name }) => /^litellm-\d+-container$/.test(name));
  const before = asText(changed.find((step) => step.before)?.before?.["image"]);
  const after = asText(changed.find((step) => step.after)?.after?.["image"]);
  if (before === after || after === "?") return [];
  return between(releaseOf(before, false), releaseOf(after, true));
}

/**
 * The release in an image's name. Images built here and images by digest don't say theirs; this code's own catalogue knows
 * what it deploys.
 */
function releaseOf(image: string, isOurs: boolean): string | undefined {
  const tagged = /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1];
  if (tagged !== undefined || !isOurs) return tagged;
  return image.startsWith("cerberus-gateway/") ? litellmRelease.packages : litellmRelease.registry;
}

function between(before: string | undefined, after: string | undefined): Consequence[] {
  if (after === undefined || before === after) return [];
  const { denied, open } = judgeRelease(after);
  const found = denied.map(({ id, what }) =>
    means("high", `LiteLLM ${after} has a known hole: ${what} (${id})`),
  );
  for (const { id, what } of open) {
    found.push(means("medium", `LiteLLM ${after}: ${what} (${id}); no release is known to mend it`));
  }
  if (before === undefined) return found;
  if (compareReleases(after, before) < 0) {
    found.push(
      means(
        "high",
        `LiteLLM would go back from ${before} to ${after}: the database's schema may be too new for it`,
      ),
    );
  }
  const mended = without(
    judgeRelease(before).denied.map(({ id }) => id),
    denied.map(({ id }) => id),
  );
  if (mended.length > 0) found.push(means("low", `LiteLLM ${after} mends ${mended.join(", ")}`));
  return found;
}
