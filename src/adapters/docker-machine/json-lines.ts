// Streams of JSON values, one a line, as the engine sends events and progress.

const LINE_LIMIT_BYTES = 1024 * 1024;

/** The values of a stream, however its chunks are cut. @throws RangeError for an endless line */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.toString('utf8', 0, end).trim();
      rest = rest.subarray(end + 1);
      if (line) yield JSON.parse(line);
    }
    if (rest.length > LINE_LIMIT_BYTES) throw new RangeError('a line of the engine is too long');
  }
  const last = rest.toString('utf8').trim();
  if (last) yield JSON.parse(last);
}
