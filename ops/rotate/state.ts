import * as z from "zod";
import { UserError } from "../../infra/settings/errors.ts";
import { pulumi } from "../pulumi.ts";

/** What the export of a state says of a resource, as far as secrets are concerned. */
const Exported = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          outputs: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default([]),
  }),
});

/** The export wraps a secret; its plaintext is JSON text. */
const Wrapped = z.looseObject({ plaintext: z.string() });

const unwrapped = (value: unknown): unknown => {
  const secret = Wrapped.safeParse(value);
  return secret.success ? JSON.parse(secret.data.plaintext) : value;
};

/** Secrets of a stack, as its state holds them: keep them in memory. */
export interface StackSecrets {
  /** Every generated value, by the name of what it is for, such as `redis-cache-password`. */
  readonly generated: Readonly<Record<string, string>>;
  /** The salt key that the database was proved against, and its fingerprint; `undefined` before the first finished up. */
  readonly salt: { readonly key: string; readonly fingerprint: string } | undefined;
}

/** Reads a state's export; separate from the call, so that it can be tried on a text. */
export function secretsIn(exported: string): StackSecrets {
  const { resources } = Exported.parse(JSON.parse(exported)).deployment;
  const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
  const generated = resources.flatMap(({ urn, type, outputs }) => {
    const result = unwrapped(outputs["result"]);
    if (type !== "random:index/randomPassword:RandomPassword" || typeof result !== "string") return [];
    return [[nameOf(urn).replace(/^secrets-/, ""), result] as const];
  });
  const guard = resources.find(({ urn }) => nameOf(urn) === "salt-guard")?.outputs ?? {};
  const key = unwrapped(guard["saltKey"]);
  const fingerprint = unwrapped(guard["fingerprint"]);
  const proved = typeof key === "string" && typeof fingerprint === "string";
  return { generated: Object.fromEntries(generated), salt: proved ? { key, fingerprint } : undefined };
}

/** @throws UserError when the stack's state can't be read */
export async function readSecrets(root: string, stack: string): Promise<StackSecrets> {
  return secretsIn(await pulumi({ root, args: ["stack", "export", "--show-secrets", "--stack", stack] }));
}

/** @throws UserError when the state has no such value */
export function generatedSecret({ generated }: StackSecrets, name: string): string {
  const value = generated[name];
  if (value !== undefined) return value;
  throw new UserError(`the stack's state holds no secret "${name}"`, "run pulumi up once, to its end");
}
