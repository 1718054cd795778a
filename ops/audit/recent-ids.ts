/**
 * The newest ids of a log: what is written twice is written close together (a replica that sends again). Two generations keep
 * memory bounded, however long the log is.
 */
export class RecentIds {
  readonly #size: number;
  #young = new Set<string>();
  #old = new Set<string>();

  /** @param size at least so many ids back are known */
  constructor(size = 1_000_000) {
    this.#size = size;
  }

  /** False when the id was there already. */
  add(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }
}
