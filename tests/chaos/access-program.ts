import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { AccessObjects, type AccessObjectsArgs } from "../../infra/access/access-objects.ts";

// The program of access-project.ts: the access resource of a stack and nothing else, against a gateway that is there already.

const { masterKey, seed, ...args } = JSON.parse(
  readFileSync(process.env["ACCESS_INPUTS"] ?? "", "utf8"),
) as AccessObjectsArgs & { readonly masterKey: string; readonly seed: string };
new AccessObjects("objects", { ...args, masterKey: pulumi.secret(masterKey), seed: pulumi.secret(seed) });
