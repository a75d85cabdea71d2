// What became of a write whose answer is missing, or which of a batch's writes were done.
//
// Every write has a version of its own, and each change notes in the document which version it came after: `next` holds, at the place
// that the earlier version's number points to, the pair of both. So the document tells of a write whether it was done also when others have
// changed or deleted the document since, until sixteen later changes at the most have taken its place.
import type { Kept } from './kept-document.ts';

/** Pairs that a document remembers, at most. */
const PLACES = 16;

/** What a document tells of its versions. */
export type Trace = Pick<Kept, '_id' | 'version' | 'goneAt' | 'next'>;

/** The parts of a document that tell of its versions, for a query. */
export const TRACE = { version: 1, goneAt: 1, next: 1 } as const;

/**
 * `done`: it was done once. `refused`: it was not and never will be. `open`: it was not, and would be if it were asked for now.
 * `unknown`: the document no longer tells.
 */
export type Fate = 'done' | 'refused' | 'open' | 'unknown';

/** The field that notes what comes after a version. */
export function placeOf(version: number): string {
  return String(version % PLACES);
}

/** The fate of a write with the given version, by the document as it is now. `expected`: the version it is for; undefined for a creation. */
export function fateOf(version: number, expected: number | undefined, found: Trace | undefined): Fate {
  if (!found) return expected === undefined ? 'open' : 'refused';
  if (found.version === version || next(found, version) !== undefined) return 'done';
  if (expected === undefined) return fateOfCreation(version, found);
  if (found.version === expected) return found.goneAt ? 'refused' : 'open';
  const after = next(found, expected);
  if (after !== undefined) return after === version ? 'done' : 'refused';
  // A change that was done has left a pair at both of its places, or is the last one.
  return isFree(found, expected) || isFree(found, version) ? 'refused' : 'unknown';
}

function fateOfCreation(version: number, found: Trace): Fate {
  if (!isFree(found, version)) return 'unknown';
  return found.goneAt ? 'open' : 'refused';
}

function next({ next }: Trace, version: number): number | undefined {
  const [from, to] = next?.[placeOf(version)] ?? [];
  return from === version ? to : undefined;
}

function isFree({ next }: Trace, version: number): boolean {
  return next?.[placeOf(version)] === undefined;
}
