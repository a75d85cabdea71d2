// A container's log from the engine, whole: what the engine drops at the end of a followed log is read again.
import { BerthError } from '../../model/errors.ts';
import type { LogFrame, Machine } from '../../ports/machine.ts';
import type { EngineApi } from './engine-api.ts';
import { refusedWith, toBerthError } from './engine-errors.ts';
import { readLogFrames, restoreNewlines } from './log-frames.ts';
import { sinceParameter } from './nanoseconds.ts';

type LogOptions = Parameters<Machine['logs']>[1];

/** The log from a time on; follows until the container ends, if asked to. @throws machine.no-container */
export async function* containerLog(
  api: EngineApi,
  name: string,
  options: LogOptions,
): AsyncGenerator<readonly LogFrame[]> {
  const act = `send the log of ${name}`;
  try {
    yield* options.follow ? followed(api, name, act, options) : frames(api, name, act, options);
  } catch (error) {
    if (options.signal.aborted) return;
    if (refusedWith(error, 404)) throw new BerthError('machine.no-container', { name }, { cause: error });
    throw toBerthError(error, { act, address: api.address });
  }
}

/** A followed log of Docker 20.10 ends without what the container wrote last, if that had no newline: the end is read once more. */
async function* followed(
  api: EngineApi,
  name: string,
  act: string,
  options: LogOptions,
): AsyncGenerator<readonly LogFrame[]> {
  let lastNs = options.sinceNs;
  let countAtLast = 0;
  for await (const batch of frames(api, name, act, options)) {
    for (const { atNs } of batch) {
      if (atNs > lastNs) [lastNs, countAtLast] = [atNs, 0];
      if (atNs === lastNs) countAtLast += 1;
    }
    yield batch;
  }
  if (options.signal.aborted) return;
  const isNew = ({ atNs }: LogFrame) => atNs !== lastNs || countAtLast-- <= 0;
  try {
    for await (const batch of frames(api, name, act, { ...options, sinceNs: lastNs, follow: false })) {
      const missing = batch.filter(isNew);
      if (missing.length > 0) yield missing;
    }
  } catch (error) {
    // Removed in the meantime: its log ended before.
    if (!refusedWith(error, 404)) throw error;
  }
}

function frames(api: EngineApi, name: string, act: string, options: LogOptions): AsyncGenerator<readonly LogFrame[]> {
  const { sinceNs, follow, signal } = options;
  const query = { stdout: 1, stderr: 1, timestamps: 1, follow: follow ? 1 : 0, since: sinceParameter(sinceNs) };
  const path = `/containers/${encodeURIComponent(name)}/logs`;
  const chunks = api.chunks({ act, method: 'GET', path, query, judged: [404] }, 'follow', signal);
  return restoreNewlines(readLogFrames(chunks));
}
