// What the directory of a zip says of one entry (PKWARE APPNOTE 6.3.10, sections 4.4.2, 4.4.4 and 4.4.15).
import type { Entry } from 'yauzl';
import type { ArchiveEntry } from '../../ports/archives.ts';

const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
const DIRECTORY = 0o040000;
const REGULAR = 0o100000;
const MADE_BY_UNIX: ReadonlySet<number> = new Set([3, 19]);
const DOS_DIRECTORY = 0x10;

/** The name as UTF-8, whether it is flagged so or not; bytes that are no UTF-8 become U+FFFD. */
export function entryName(entry: Entry): string {
  return entry.fileNameRaw.toString('utf8');
}

/** What an entry is, by its Unix mode where it has one, and by the slash at the end of its name. */
export function entryKind(entry: Entry): ArchiveEntry['kind'] {
  const type = unixMode(entry) & FILE_TYPE;
  // Some programs on other systems keep the mode, too; a link is believed from all of them.
  if (type === SYMLINK) return 'symlink';
  if (entryName(entry).endsWith('/') || type === DIRECTORY) return 'directory';
  if (type === 0 || type === REGULAR) return isDosDirectory(entry) ? 'directory' : 'file';
  return MADE_BY_UNIX.has(madeBy(entry)) ? 'other' : 'file';
}

/** Whether anybody may execute it. */
export function isExecutable(entry: Entry): boolean {
  return MADE_BY_UNIX.has(madeBy(entry)) && (unixMode(entry) & 0o111) !== 0;
}

function isDosDirectory(entry: Entry): boolean {
  return madeBy(entry) === 0 && (entry.externalFileAttributes & DOS_DIRECTORY) !== 0;
}

function unixMode(entry: Entry): number {
  return entry.externalFileAttributes >>> 16;
}

function madeBy(entry: Entry): number {
  return entry.versionMadeBy >>> 8;
}
