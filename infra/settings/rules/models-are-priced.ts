import { litellmRelease } from "../../images/catalog.ts";
import { knownModel } from "../../litellm/known-models.ts";
import type { Problem } from "../errors.ts";
import { pricedName } from "../gateway.ts";
import type { Settings } from "../parse.ts";

/** A call without a price would never move a budget; the rendered configuration refuses it (403), so nothing could use it. */
export function modelsArePriced({ deployments, images }: Settings): Problem[] {
  const release = litellmRelease[images.source];
  return deployments.flatMap((deployment): Problem[] => {
    const { id, name, definition } = deployment;
    if (definition.price) return [];
    const named = pricedName(deployment);
    const path = `models.${id}.price`;
    if (named === undefined) {
      return [
        {
          path,
          found: `nothing tells whether LiteLLM knows prices of what stands behind "${name}"; calls of models that it has none for are refused`,
          fix: "name a healthModel, whose price stands for the others, or give it a price",
          warning: true,
        },
      ];
    }
    if (knownModel(named, release)?.priced) return [];
    return [
      {
        path,
        found: `LiteLLM knows no price of ${named}, so its calls would be refused`,
        fix: "give it a price { inputUsdPerToken, outputUsdPerToken }; zero is fine for hardware of your own",
      },
    ];
  });
}
