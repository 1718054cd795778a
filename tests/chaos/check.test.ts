import { expect, test } from "vitest";
import { check } from "./check.ts";
import { seeded } from "./random.ts";

const answer = (callId: string | undefined, rest: object = {}) => ({
  callId,
  streamed: false,
  status: 200,
  whole: true,
  ...rest,
});
const line = (id: string, event_type = "chat_completion_success") => ({ id, event_type });

test("a whole answer is in the log exactly once, or it is told", () => {
  expect(check([answer("a"), answer("b")], [line("a"), line("b")])).toEqual({
    answers: 2,
    missing: [],
    twice: [],
    open: [],
  });
  expect(check([answer("a"), answer("b")], [line("a"), line("a")])).toMatchObject({
    missing: ["b"],
    twice: ["a"],
  });
});

test("what a client did not get whole need not be there", () => {
  const answers = [answer("a", { whole: false }), answer("b", { status: 503 }), answer(undefined)];
  expect(check(answers, []).missing).toEqual([]);
});

test("a stream that was begun must be closed", () => {
  const started = line("a:started", "chat_completion_started");
  expect(check([], [started]).open).toEqual(["a"]);
  expect(check([], [line("g", "gateway_started")]).open, "a replica's start is no stream's").toEqual([]);
  expect(check([], [started, line("a", "chat_completion_interrupted")]).open).toEqual([]);
});

test("the same seed gives the same numbers", () => {
  const take = (seed: number) => Array.from({ length: 5 }, seeded(seed));
  expect(take(7)).toEqual(take(7));
  expect(take(7)).not.toEqual(take(8));
  for (const value of take(7)) expect(value).toBeLessThan(1);
});
