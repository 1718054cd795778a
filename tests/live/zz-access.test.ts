import { afterAll, beforeAll } from "vitest";
import { access } from "./access.suite.ts";
import { LiveStack } from "./live-stack.ts";
let stack: LiveStack;
beforeAll(async () => {
  stack = await LiveStack.create({ config: { protectData: false } });
});
afterAll(() => stack?.sweep());
access(() => stack);
