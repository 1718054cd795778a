/**
 * One walk over a request's JSON that finds what the checks need: its texts, and what else it carries. The same rules as
 * plugins/cerberus_gateway/safety/survey.py; whatever is not known to be binary data counts as text.
 */

import { GatewayError } from "../errors.ts";

const maxDepth = 64;
const maxNodes = 200_000;

const imageParts = new Set(["image", "image_url", "input_image", "computer_screenshot"]);
const audioParts = new Set(["audio", "input_audio", "audio_url"]);
const fileParts = new Set(["file", "input_file", "document", "video", "video_url", "container_upload"]);
/** Keys whose text is data for the provider's decoder, by the key of the mapping around them. */
const binary: Readonly<Record<string, string>> = {
  image_url: "url",
  input_audio: "data",
  audio: "data",
  file: "file_data",
  source: "data",
};
/** Things whose size only the provider knows: stored files and conversations. */
const references = new Set(["file_id", "file_url", "previous_response_id", "conversation", "prompt_id"]);
const hosted = new Set(["web_search_options", "mcp_servers"]);
/** Keys that every request has; all others are text that a model may read, such as names of a tool's parameters. */
const usualKeys = new Set(
  (
    "model messages role content type text stream max_tokens temperature top_p n name tools function parameters properties " +
    "description input prompt system image_url url tool_calls arguments id tool_call_id detail required user"
  ).split(" "),
);
/** Words such as text or user say what a part is; no model reads them between two parts. */
const structure = new Set(["type", "role", "detail"]);
/** Fields that the gateway takes out before its own checks: they go to no model. */
const notForTheModel = new Set(["metadata", "litellm_metadata", "user", "guardrails", "extra_headers"]);

/** What a body holds. */
export interface Survey {
  readonly texts: string[];
  /** UTF-8 bytes of all texts and keys. */
  textBytes: number;
  nodes: number;
  images: number;
  /** Whether it holds something whose size can't be seen: sound, files, references. */
  unmeasured: boolean;
  audio: boolean;
  tools: number;
  /** A tool that the provider runs and charges for. */
  hostedTool: boolean;
  /** Whether it asks for the prompt to be written to a cache. */
  caching: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Looks through a chat request's body.
 * @throws GatewayError of kind "invalid-request" when it is nested too deep or has too many parts
 */
export function survey(body: Fields): Survey {
  const seen: Survey = {
    ...{ texts: [], textBytes: 0, nodes: 0, images: 0, tools: 0 },
    ...{ unmeasured: false, audio: false, hostedTool: false, caching: false },
  };
  const read = Object.fromEntries(Object.entries(body).filter(([key]) => !notForTheModel.has(key)));
  const stack: [value: unknown, under: string, depth: number][] = [[read, "", 0]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [value, under, depth] = next;
    seen.nodes += 1;
    if (seen.nodes > maxNodes || depth > maxDepth) {
      throw new GatewayError(
        "invalid-request",
        `the request has more than ${maxNodes} parts or is nested deeper than ${maxDepth}; send a simpler one`,
        { code: "invalid_request" },
      );
    }
    if (typeof value === "string") {
      if (structure.has(under) && /^[a-z_]{1,40}$/.test(value)) seen.textBytes += value.length;
      else addText(seen, value);
    }
    if (Array.isArray(value)) {
      seen.nodes += typeof value[0] === "number" ? value.length : 0;
      for (const item of [...value].reverse())
        if (typeof item !== "number") stack.push([item, under, depth + 1]);
    } else if (typeof value === "object" && value !== null) {
      stack.push(...mapping(seen, value as Fields, under, depth).reverse());
    }
  }
  return seen;
}

const utf8 = new TextEncoder();

function addText(seen: Survey, text: string): void {
  seen.texts.push(text);
  seen.textBytes += utf8.encode(text).length;
}

function mapping(seen: Survey, value: Fields, under: string, depth: number): [unknown, string, number][] {
  const kind = value["type"];
  if (typeof kind === "string") {
    if (imageParts.has(kind)) seen.images += 1;
    if (audioParts.has(kind)) seen.audio = true;
    if (audioParts.has(kind) || fileParts.has(kind)) seen.unmeasured = true;
  }
  if ("cache_control" in value || "cachePoint" in value) seen.caching = true;
  if ((under === "tools" || under === "functions") && (depth === 2 || depth === 3)) addTool(seen, value);
  const below: [unknown, string, number][] = [];
  for (const [name, item] of Object.entries(value)) {
    // JSON leaves these out.
    if (item === undefined) continue;
    seen.textBytes += utf8.encode(name).length + 4;
    if (!usualKeys.has(name)) seen.texts.push(name);
    if (references.has(name) && item) seen.unmeasured = true;
    if (hosted.has(name) && item) seen.hostedTool = true;
    if (!isData(seen, value, under, name, item)) below.push([item, name, depth + 1]);
  }
  return below;
}

function addTool(seen: Survey, tool: Fields): void {
  seen.tools += 1;
  const { type } = tool;
  const declares = ["function", "parameters", "input_schema"].some((key) => key in tool);
  if (type === undefined ? !declares : type !== "function" && type !== "custom") seen.hostedTool = true;
}

/** Whether a value is binary data; text that travels as such is taken note of. */
function isData(seen: Survey, holder: Fields, under: string, name: string, item: unknown): boolean {
  if (typeof item !== "string") return false;
  if (name === "image_url") return item.startsWith("data:image/");
  const decoded = binary[under] === name;
  if (!decoded || (!item.startsWith("data:") && (holder["type"] === "text" || "url" in holder))) return false;
  const text = decodedText(holder, item);
  if (text !== undefined) addText(seen, text);
  return true;
}

/** Text that travels base64-coded, such as a plain-text file. */
function decodedText(holder: Fields, item: string): string | undefined {
  const comma = item.indexOf(",");
  const inUrl = item.startsWith("data:") && comma > 0;
  const mime = inUrl ? item.slice("data:".length, comma) : (holder["media_type"] ?? holder["mime_type"]);
  if (typeof mime !== "string" || !/^(text\/|application\/(json|xml))/.test(mime)) return undefined;
  const data = inUrl ? item.slice(comma + 1) : item;
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0)));
  } catch {
    return data;
  }
}
