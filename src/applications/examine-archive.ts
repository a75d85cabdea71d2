// Walks an uploaded zip once: judges every entry, reads every byte through to be sure that it can be read, and keeps only the two
// configuration files. Memory is bounded by the number of entries, never by their sizes.
import type { Readable } from 'node:stream';
import { BerthError, type Problem } from '../model/errors.ts';
import type { Package } from '../model/package.ts';
import type { Archive, ArchiveEntry } from '../ports/archives.ts';
import { decideEntry, refuseBomb } from './decide-entry.ts';
import { EntryNames } from './entry-names.ts';
import type { PackageLimits } from './package-limits.ts';

/** What a zip holds, all of it read and found sound. */
export interface ExaminedArchive {
  readonly files: Package['files'];
  /** Contents of the configuration files that are there; cut off after the limit, with one byte more. */
  readonly configs: ReadonlyMap<string, Buffer>;
}

/** Names of the files that are read as configuration. */
export const CONFIG_FILES = { app: 'app_config.json', sensors: 'sensor_config.json' } as const;

const KEPT: ReadonlySet<string> = new Set(Object.values(CONFIG_FILES));
const MAX_PROBLEMS = 100;

interface Walk {
  readonly limits: PackageLimits;
  readonly names: EntryNames;
  readonly problems: Problem[];
  readonly files: { path: string; sizeBytes: number }[];
  readonly configs: Map<string, Buffer>;
  unpackedBytes: number;
  nameBytes: number;
}

/** @throws package.too-many-entries, package.expands-too-much, package.encrypted, package.damaged, package.names-too-long, package.unsafe-entries */
export async function examineArchive(archive: Archive, limits: PackageLimits): Promise<ExaminedArchive> {
  if (archive.entryCount > limits.entries) {
    throw new BerthError('package.too-many-entries', { found: archive.entryCount, limit: limits.entries });
  }
  const walk: Walk = {
    limits,
    names: new EntryNames(),
    problems: [],
    files: [],
    configs: new Map(),
    unpackedBytes: 0,
    nameBytes: 0,
  };
  for await (const entry of archive.entries()) {
    await visit(entry, walk);
    if (walk.problems.length >= MAX_PROBLEMS) break;
  }
  refuseUnsafe(walk.problems);
  // Not by the language of the machine: the same zip must give the same list everywhere.
  walk.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: walk.files, configs: walk.configs };
}

async function visit(entry: ArchiveEntry, walk: Walk): Promise<void> {
  refuseBomb(entry, walk.unpackedBytes, walk.limits);
  refuseLongNames(entry, walk);
  const verdict = decideEntry(entry, walk.names);
  if ('expected' in verdict) {
    walk.problems.push(verdict);
    return;
  }
  if (entry.kind === 'directory') return;
  const kept = await readThrough(await entry.open(), KEPT.has(verdict.path) ? walk.limits.configBytes + 1 : 0);
  walk.unpackedBytes += entry.declaredBytes;
  if (verdict.ignored) return;
  walk.files.push({ path: verdict.path, sizeBytes: entry.declaredBytes });
  if (KEPT.has(verdict.path)) walk.configs.set(verdict.path, kept);
}

function refuseLongNames(entry: ArchiveEntry, walk: Walk): void {
  walk.nameBytes += Buffer.byteLength(entry.name);
  const limitBytes = walk.limits.nameBytes;
  if (walk.nameBytes > limitBytes) throw new BerthError('package.names-too-long', { limitBytes });
}

/** Reads a stream to its end and gives its first bytes, at most `keepBytes` of them. */
async function readThrough(bytes: Readable, keepBytes: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  let missing = keepBytes;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    if (missing === 0) continue;
    kept.push(chunk.subarray(0, missing));
    missing -= Math.min(missing, chunk.length);
  }
  return Buffer.concat(kept);
}

function refuseUnsafe(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first) throw new BerthError('package.unsafe-entries', { count: problems.length, file: first.file }, { problems });
}
