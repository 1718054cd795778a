import { knownModel } from "../../litellm/known-models.ts";
import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

/** A call without a price would never move a budget; the rendered configuration refuses it (403), so nothing could use it. */
export function modelsArePriced({ deployments }: Settings): Problem[] {
  return deployments.flatMap(({ id, litellmModel, definition }) => {
    const named =
      definition.provider === "azure" && definition.baseModel ? definition.baseModel : litellmModel;
    if (definition.price || knownModel(named)?.priced) return [];
    return [
      {
        path: `models.${id}.price`,
        found: `LiteLLM knows no price of ${named}, so its calls would be refused`,
        fix: "give it a price { inputUsdPerToken, outputUsdPerToken }; zero is fine for hardware of your own",
      },
    ];
  });
}
