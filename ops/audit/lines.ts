/** One line as it stands in a file. */
export interface RawLine {
  /** Without its line end. */
  readonly bytes: Buffer;
  /** From 1. */
  readonly line: number;
  /** Where it starts in the (uncompressed) file, in bytes. */
  readonly offset: number;
  /** False for a last line that nothing ends. */
  readonly terminated: boolean;
}

const newline = 0x0a;

/** Cuts a file's bytes into lines, a batch for every chunk; a chunk's end may fall anywhere. */
export async function* linesOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<RawLine[]> {
  let rest: Buffer[] = [];
  let restLength = 0;
  let line = 1;
  let offset = 0;
  for await (const chunk of chunks) {
    const batch: RawLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      const bytes = restLength === 0 ? tail : Buffer.concat([...rest, tail]);
      batch.push({ bytes, line, offset, terminated: true });
      offset += bytes.length + 1;
      line += 1;
      start = end + 1;
      rest = [];
      restLength = 0;
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start));
      restLength += chunk.length - start;
    }
    if (batch.length > 0) yield batch;
  }
  if (restLength > 0) yield [{ bytes: Buffer.concat(rest), line, offset, terminated: false }];
}
