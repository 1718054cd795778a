import { judgeRelease } from "../../images/advisories.ts";
import { litellmRelease } from "../../images/catalog.ts";
import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

/** Denied releases run nowhere; images built here and releases with an open advisory run in prod by a dated waiver only. */
export function imagesAreAccepted({ profile, images }: Settings, today: string): Problem[] {
  const release = litellmRelease[images.source];
  const { denied, open } = judgeRelease(release);
  const problems: Problem[] = denied.map(({ id, what }) => ({
    path: "images.source",
    found: `LiteLLM ${release} is on the deny list: ${what} (${id})`,
    fix: "choose another release in infra/images/catalog.ts",
  }));
  const needsWaiver = (id: string, found: string): void => {
    if ((images.waivers[id]?.expires ?? "") >= today) return;
    const path = `images.waivers.${id}`;
    const expired = images.waivers[id] ? `; its waiver ended on ${images.waivers[id].expires}` : "";
    problems.push({
      path,
      found: `${found}${expired}`,
      fix: `pulumi config set --path '${path}.reason' '<why it is accepted>' and '${path}.expires' <YYYY-MM-DD>`,
      ...(profile === "prod" ? {} : { warning: true }),
    });
  };
  if (profile === "prod" && images.source === "packages") {
    needsWaiver(
      "packages-source",
      "the prod profile runs official images by digest, not ones built from packages",
    );
  }
  for (const { id, what } of open) {
    needsWaiver(id, `LiteLLM ${release}: ${what} (${id}); no release is known to mend it`);
  }
  return problems;
}
