import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Loads a module that wasm-bindgen made for bundlers, which Node can't import as it is.
 * @param {string} specifier of its JavaScript half, such as "package/engine_bg.js"
 * @param {string} name of the module without its ending, such as "engine_bg"
 * @returns {Promise<any>}
 */
export async function loadWasmModule(specifier, name) {
  const glueUrl = import.meta.resolve(specifier);
  const glue = await import(glueUrl);
  const module = await WebAssembly.compile(readFileSync(fileURLToPath(new URL(`${name}.wasm`, glueUrl))));
  const { exports } = await WebAssembly.instantiate(module, { [`./${name}.js`]: glue });
  glue.__wbg_set_wasm(exports);
  const start = exports["__wbindgen_start"];
  if (typeof start === "function") start();
  return glue;
}
