// Routes of the lines of logs: by their numbers, and those that contain a text.
import { type LogLine, LogLineReads, type LogOf } from '../../nodes/log-line-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { findLogSubject } from '../log-subject.ts';
import { iso } from '../views/iso.ts';

/** Handlers of lines of logs. */
export function logLineHandlers(parts: ApiParts): Pick<Handlers, 'logWindow' | 'searchLog'> {
  const { store, blobs, clock, liveLogs: live } = parts;
  const lines = new LogLineReads({ store, blobs, clock, live });
  const of = async (subject: string, slot: number | undefined): Promise<LogOf> => {
    const found = await findLogSubject(store, subject);
    return slot === undefined || 'task' in found ? found : { ...found, slot };
  };
  return {
    logWindow: async ({ params, query: { from, count, slot } }) => {
      const wish = from === undefined ? { count } : { from, count };
      const { items, ...window } = await lines.window(await of(params.subject, slot), wish);
      return { ...window, items: items.map(lineView) };
    },
    searchLog: async ({ params, query: { text, from, limit, slot } }) => {
      const wish = { sought: Buffer.from(text), from, limit };
      const { matches, next, ...found } = await lines.search(await of(params.subject, slot), wish);
      return { ...found, matches: matches.map(lineView), next, more: next !== null };
    },
  };
}

function lineView({ line, at, task, stream, bytes, isCut }: LogLine) {
  // A cut may lie within a character, which is left out then.
  const text = isCut ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true }) : bytes.toString();
  return { line, at: iso(at), task, stream, text, cut: isCut };
}
