import { expect, test } from "vitest";
import { call, lookAt, stack } from "./gateway.ts";

test("liveliness answers without a key", async () => {
  const response = await call("/health/liveliness");
  expect(response.status, lookAt("frontdoor")).toBe(200);
});

test("readiness says that the database is connected", async () => {
  const response = await call("/health/readiness");
  expect(response.status, lookAt("litellm-1")).toBe(200);
  expect(await response.json(), lookAt("postgres")).toMatchObject({ db: "connected" });
});

test("the health address is free of charge: it answers readiness, not a call to every model", async () => {
  const response = await fetch(stack.urls.health);
  expect(response.status, lookAt("frontdoor")).toBe(200);
  expect(await response.json()).toMatchObject({ db: "connected" });
});

test("the admin UI is served", async () => {
  const response = await fetch(stack.urls.ui, { redirect: "follow" });
  expect(response.status, lookAt("litellm-1")).toBe(200);
  expect(await response.text()).toContain("<html");
});
