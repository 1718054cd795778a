import { beforeAll, describe } from "vitest";
import { examples } from "./client/examples.suite.ts";
import { money } from "./client/money.suite.ts";
import { refusals } from "./client/refusals.suite.ts";
import { User } from "./client/user.ts";
import type { LiveStack } from "./live-stack.ts";

/** The TypeScript client, its examples and the official SDKs, against a whole stack. */
export function client(stack: () => LiveStack): void {
  describe("client", () => {
    let user: User;
    beforeAll(async () => {
      await stack().upstream.forget();
      user = await User.create(stack());
    });

    examples(stack, () => user);
    money(() => user);
    refusals(stack, () => user);
  });
}
