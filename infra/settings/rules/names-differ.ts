import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import { safetyGuardrail } from "../schema/definitions/safety.ts";
import type { DefinitionProblem } from "./rules.ts";

/** Parts that are asked for by name, path or kind are there once: of two, LiteLLM keeps one and says nothing. */
export function namesDiffer(gateway: GatewayDefinition, file: string): DefinitionProblem[] {
  const { guardrails, callbacks, passThroughEndpoints, prompts, searchTools } = gateway;
  const twice = (section: string, key: string, names: readonly string[]): DefinitionProblem[] =>
    names.flatMap((name, i) =>
      names.indexOf(name) === i
        ? []
        : [{ steps: [section, i, key], found: `"${name}" is taken`, fix: `choose another in ${file}` }],
    );
  return [
    ...likeOurs(gateway, file),
    ...twice(
      "guardrails",
      "name",
      guardrails.map(({ name }) => name),
    ),
    ...twice(
      "callbacks",
      "type",
      callbacks.map(({ type }) => type),
    ),
    ...twice(
      "passThroughEndpoints",
      "path",
      passThroughEndpoints.map(({ path }) => path),
    ),
    ...twice(
      "prompts",
      "id",
      prompts.map(({ id }) => id),
    ),
    ...twice(
      "searchTools",
      "name",
      searchTools.map(({ name }) => name),
    ),
  ];
}

/** The name that the seed gives to its one guardrail is that of the gateway's own today: both run, each under its name. */
const likeOurs = ({ guardrails, safety }: GatewayDefinition, file: string): DefinitionProblem[] =>
  guardrails.flatMap(({ name, type }, i) =>
    name === safetyGuardrail && safety.enabled
      ? [
          {
            steps: ["guardrails", i, "name"],
            found: `is the gateway's own guardrail; this one runs beside it as "${name}_${type}"`,
            fix: `choose another name in ${file}`,
            warning: true,
          },
        ]
      : [],
  );
