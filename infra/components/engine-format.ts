/** Values spelt as the provider reads them back from the engine: any other spelling is a difference after each refresh. */

/**
 * A duration: "1m30s", not "90s".
 * @param seconds whole seconds, below an hour
 */
export function goDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}

/** A number of CPU cores: "1.0", not "1". */
export const cpuCount = (cores: number): string =>
  Number.isInteger(cores) ? cores.toFixed(1) : String(cores);
