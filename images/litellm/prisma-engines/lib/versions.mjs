/** Commit the WebAssembly query engine was built from; prisma-client-py compares it at start. */
export const QUERY_ENGINE_COMMIT = "393aa359c9ad4a4bb28630fb5613f9c281cde053";

/** Commit of the schema engine that Prisma CLI 5.4.2 expects. */
export const SCHEMA_ENGINE_COMMIT = "ac9d7041ed77bcc8a8dbd2ab6616b39013829574";
