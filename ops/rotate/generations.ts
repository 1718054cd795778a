import type { StackOutputs } from "../../infra/outputs.ts";

/** Secrets of which a stack makes a new generation when a number in its configuration is raised. */
export type Kind = Exclude<keyof StackOutputs["rotation"], "keys">;

export interface Rotation {
  /** What is renewed, in a sentence. */
  readonly what: string;
  /** What an up does, in this order. */
  readonly steps: readonly string[];
}

const replicas =
  "the LiteLLM replicas are replaced one after the other; the front door sends requests to those that are up";

/** The right procedure for each, and why no request of a key in use fails. */
export const rotations: Readonly<Record<Kind, Rotation>> = {
  master: {
    what: "the master key",
    steps: [
      "a new master key is made; credentials in the database are encrypted with the salt key, which stays, so none is touched",
      replicas,
      "virtual keys go on working; administrators take the new key from the stack's outputs",
      "proved: every replica refuses the old key and accepts the new one",
    ],
  },
  db: {
    what: "the database login",
    steps: [
      "a second login is made inside PostgreSQL, through the container's socket; both are valid now",
      replicas,
      "the former login is ended, once no replica uses it",
      "proved: PostgreSQL refuses the old login and accepts the new one",
    ],
  },
  redis: {
    what: "the passwords of both Redis",
    steps: [
      "the new password is added to each running Redis, which does not restart; both passwords are valid now",
      `${replicas}; so is the approvals service`,
      "the former password is removed from each Redis",
      "proved: both Redis refuse the old password and accept the new one",
    ],
  },
  ui: {
    what: "the admin UI's password",
    steps: [
      "a new password is made",
      replicas,
      "proved: the UI refuses the old password and accepts the new one",
    ],
  },
};
