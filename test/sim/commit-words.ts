// A write in the words of a trace.
import { isDeepStrictEqual } from 'node:util';
import type { Commit } from '../../src/sim/sim-disk.ts';

/** One write as a line: what was done to which document, its telling fields, and which fields changed. */
export function commitWords({ kind, id, before, after }: Commit): string {
  const act = !before ? 'create' : !after ? 'delete' : 'update';
  return `${act} ${kind} ${id}${after ? details(after) : ''}${before && after ? ` (${changes(before, after)})` : ''}`;
}

function changes(before: object, after: object): string {
  const fields = Object.keys(after).filter(
    (field) => !isDeepStrictEqual(Reflect.get(before, field), Reflect.get(after, field)),
  );
  return fields.join(', ') || 'nothing new';
}

/** The fields by which a reader of a trace follows what goes on. */
const TOLD = ['state', 'enabled', 'removing', 'draining', 'stop', 'open', 'nextAt', 'claim', 'reason'] as const;

function details(doc: object): string {
  const words = TOLD.flatMap((field) => {
    const value: unknown = Reflect.get(doc, field);
    return value === undefined || value === null
      ? []
      : [`${field}=${typeof value === 'object' ? JSON.stringify(value) : value}`];
  });
  return words.length > 0 ? ` ${words.join(' ')}` : '';
}
