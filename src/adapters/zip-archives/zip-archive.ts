// One opened zip: its directory entry by entry, and the checks that the directory as a whole must stand.
import type { Entry } from 'yauzl';
import { BerthError } from '../../model/errors.ts';
import type { Archive, ArchiveEntry } from '../../ports/archives.ts';
import { openEntry } from './open-entry.ts';
import type { OpenedZip } from './yauzl-open.ts';
import { entryKind, entryName, isExecutable } from './zip-entry.ts';
import { zipFault } from './zip-fault.ts';

const DIRECTORY_HEADER = 0x02014b50;
const STRONG_ENCRYPTION = 0x40;
const LOCAL_HEADER_BYTES = 30;

/** Where an entry lies in the file, at least. */
interface Extent {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A zip that was opened; close it. */
export class ZipArchive implements Archive {
  readonly #opened: OpenedZip;

  constructor(opened: OpenedZip) {
    this.#opened = opened;
  }

  get entryCount(): number {
    return this.#opened.zip.entryCount;
  }

  /** @throws package.damaged, package.encrypted */
  async *entries(): AsyncIterable<ArchiveEntry> {
    const extents: Extent[] = [];
    for await (const entry of this.#rawEntries()) {
      extents.push(extentOf(entry));
      yield this.#describe(entry);
    }
    await this.#refuseHiddenEntries();
    refuseOverlap(extents);
  }

  async close(): Promise<void> {
    this.#opened.zip.close();
  }

  async *#rawEntries(): AsyncIterable<Entry> {
    try {
      yield* this.#opened.zip.eachEntry();
    } catch (error) {
      throw await this.#directoryError(error);
    }
  }

  async #directoryError(error: unknown): Promise<unknown> {
    const fault = zipFault(error);
    if (fault === undefined) return error;
    // yauzl stops before it moves its cursor past an entry whose header alone says that it is strongly encrypted.
    const header = await this.#readAtCursor(46);
    const isEntry = header.length === 46 && header.readUInt32LE(0) === DIRECTORY_HEADER;
    if (isEntry && (header.readUInt16LE(8) & STRONG_ENCRYPTION) !== 0) {
      return new BerthError('package.encrypted', { file: 'an entry' }, { cause: error });
    }
    return damaged('its directory', fault, error);
  }

  #readAtCursor(length: number): Promise<Buffer> {
    // Its types say that yauzl's cursor is a boolean; it is the position of the next directory entry.
    return this.#opened.reader.readAt(Number(this.#opened.zip.readEntryCursor), length);
  }

  #describe(entry: Entry): ArchiveEntry {
    const { zip } = this.#opened;
    return {
      name: entryName(entry),
      kind: entryKind(entry),
      encrypted: entry.isEncrypted(),
      compressedBytes: entry.compressedSize,
      declaredBytes: entry.uncompressedSize,
      executable: isExecutable(entry),
      open: () => openEntry(zip, entry),
    };
  }

  // Another program may read on where the declared count ends, and would see files that were never checked.
  async #refuseHiddenEntries(): Promise<void> {
    const next = await this.#readAtCursor(4);
    if (next.length === 4 && next.readUInt32LE(0) === DIRECTORY_HEADER) {
      throw damaged('its directory', 'it holds more entries than it declares');
    }
  }
}

function extentOf(entry: Entry): Extent {
  const start = entry.relativeOffsetOfLocalHeader;
  return {
    name: entryName(entry),
    start,
    end: start + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize,
  };
}

// Entries that share bytes are how a small zip unpacks to very much (D. Fifield, "A better zip bomb").
function refuseOverlap(extents: readonly Extent[]): void {
  const ordered = extents.toSorted((a, b) => a.start - b.start);
  for (const [index, extent] of ordered.entries()) {
    const before = ordered[index - 1];
    if (before && before.end > extent.start) throw damaged(extent.name, `it overlaps ${before.name}`);
  }
}

function damaged(file: string, found: string, cause?: unknown): BerthError {
  return new BerthError('package.damaged', { file, found }, { cause });
}
