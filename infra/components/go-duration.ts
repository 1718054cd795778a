/**
 * A duration as the engine hands it back ("1m30s", not "90s"): any other spelling is a difference after each refresh.
 * @param seconds whole seconds, below an hour
 */
export function goDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}
