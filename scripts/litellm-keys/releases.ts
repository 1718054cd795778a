import { litellmRelease } from "../../infra/images/catalog.ts";

// Prints the LiteLLM release of each image source, one a line.

process.stdout.write(`${[...new Set(Object.values(litellmRelease))].join("\n")}\n`);
