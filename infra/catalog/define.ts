import type * as z from "zod";
import type { GatewayDefinition } from "../settings/schema/definitions/gateway.ts";

/** A gateway as its owner writes it: defaults may be left out. */
export type GatewayInput = z.input<typeof GatewayDefinition>;

/** Checks definitions where they are written: names of settings, providers and their parameters. */
export const defineGateway = (gateway: GatewayInput): GatewayInput => gateway;
