// Judges one entry of an uploaded zip by what its directory says: an ordered table of rules, the first that is broken is the verdict.
import { BerthError, type Problem } from '../model/errors.ts';
import type { ArchiveEntry } from '../ports/archives.ts';
import type { EntryNames } from './entry-names.ts';
import type { PackageLimits } from './package-limits.ts';
import { pathFault } from './path-fault.ts';
import { shortened } from './shortened.ts';

/** An entry that is accepted, with the path that it has in the package. */
export interface AcceptedEntry {
  readonly path: string;
  readonly ignored: boolean;
}

/** What was found in an entry that is refused, and what was expected. */
type Verdict = { readonly found: string; readonly expected: string } | undefined;
type Rule = (entry: ArchiveEntry, path: string, names: EntryNames) => Verdict;

const RULES: readonly Rule[] = [
  (entry) => (entry.kind === 'symlink' ? { found: 'a symbolic link', expected: 'a file or a directory' } : undefined),
  (entry) =>
    entry.kind === 'other' ? { found: 'a device, pipe or socket', expected: 'a file or a directory' } : undefined,
  (entry, path) => {
    const expected = pathFault(path);
    return expected === undefined ? undefined : { found: `the name ${shortened(entry.name)}`, expected };
  },
  (entry) =>
    entry.kind === 'directory' && entry.declaredBytes > 0
      ? { found: `a directory with ${entry.declaredBytes} bytes of its own`, expected: 'a directory without contents' }
      : undefined,
  (entry, path, names) => {
    const found = names.take(path, entry.kind === 'directory' ? 'directory' : 'file');
    return found === undefined ? undefined : { found, expected: 'a name of its own' };
  },
];

/** The entry as part of the package, or why it may not be. `names` learns its name. */
export function decideEntry(entry: ArchiveEntry, names: EntryNames): AcceptedEntry | Problem {
  const path = entry.kind === 'directory' ? entry.name.replace(/\/$/, '') : entry.name;
  for (const rule of RULES) {
    const verdict = rule(entry, path, names);
    if (verdict) return { file: printable(entry.name), path: '', ...verdict };
  }
  return { path, ignored: isLitter(path) };
}

/** Refuses what would fill disks. @throws package.encrypted, package.expands-too-much */
export function refuseBomb(entry: ArchiveEntry, unpackedBefore: number, limits: PackageLimits): void {
  const file = printable(entry.name);
  if (entry.encrypted) throw new BerthError('package.encrypted', { file });
  if (unpackedBefore + entry.declaredBytes > limits.unpackedBytes) {
    const found = `more than ${limits.unpackedBytes} bytes together`;
    throw new BerthError('package.expands-too-much', { file, found });
  }
  const ratio = entry.declaredBytes / Math.max(entry.compressedBytes, 1);
  if (entry.declaredBytes > limits.ratioFloorBytes && ratio > limits.ratio) {
    const found = `${entry.declaredBytes} bytes out of ${entry.compressedBytes}, over ${limits.ratio} to 1`;
    throw new BerthError('package.expands-too-much', { file, found });
  }
}

// What macOS adds to zips and folders by itself; it is checked like everything else and then left out.
function isLitter(path: string): boolean {
  const segments = path.split('/');
  return segments[0] === '__MACOSX' || segments.at(-1) === '.DS_Store';
}

function printable(name: string): string {
  return name
    .slice(0, 200)
    .replaceAll(/[^\P{C}\n]/gu, '\ufffd')
    .replaceAll('\n', '\ufffd');
}
