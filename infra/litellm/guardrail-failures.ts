const word = { refuse: "block", pass: "allow" };
const fallback = { refuse: "fail_closed", pass: "fail_open" };
const failing = { refuse: true, pass: false };

/**
 * Guardrail type → the parameters that say what happens to a request when its service fails (litellm/types/proxy/guardrails).
 * Types that are not listed refuse, and can't be told otherwise. pillar, grayswan and typesafe pass unless told.
 */
export const failureSwitches: Readonly<
  Record<string, Readonly<Record<string, { readonly refuse: unknown; readonly pass: unknown }>>>
> = {
  agent_365: { unreachable_fallback: fallback },
  akto: { unreachable_fallback: fallback },
  cisco_ai_defense: { fallback_on_error: word },
  compresr: { unreachable_fallback: fallback },
  conduct: { unreachable_fallback: fallback },
  crowdstrike_aidr: { fail_on_error: failing },
  deepkeep: { unreachable_fallback: fallback },
  generic_guardrail_api: { unreachable_fallback: fallback, fail_on_error: failing },
  grayswan: { fail_open: { refuse: false, pass: true } },
  headroom: { unreachable_fallback: fallback },
  model_armor: { fail_on_error: failing },
  panw_prisma_airs: { fallback_on_error: word },
  pillar: { fallback_on_error: word },
  prompt_security: { file_sanitization_fail_open: { refuse: false, pass: true } },
  promptguard: { block_on_error: failing },
  repelloai: { unreachable_fallback: fallback },
  singulr: { block_on_error: failing },
  straiker: { unreachable_fallback: fallback, fail_on_error: failing },
  typesafe: { unreachable_fallback: fallback },
  xecguard: { block_on_error: failing },
};
