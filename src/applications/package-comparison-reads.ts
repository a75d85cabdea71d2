// Two packages of one application side by side: which files came, went and changed, and how; and what their configurations say otherwise.
import { createTwoFilesPatch } from 'diff';
import { BerthError } from '../model/errors.ts';
import type { Package } from '../model/package.ts';
import type { ArchiveEntry } from '../ports/archives.ts';
import { type ConfigDifference, configDifferences } from './config-differences.ts';
import { CONFIG_FILES } from './examine-archive.ts';
import { type PackageReading, readPackage, withPackageFiles } from './package-file-reads.ts';
import { isSameContents, textOf } from './package-file-text.ts';

/** Why there is no diff of a file. */
export type NoDiff = 'binary' | 'too-large' | 'too-many' | 'too-different';

/** A file that is not the same in both. */
export interface ChangedFile {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly sizeBefore: number | null;
  readonly sizeAfter: number | null;
  /** A unified diff, or why there is none. */
  readonly diff: string | null;
  readonly noDiff: NoDiff | null;
}

/** What is other in the second package. */
export interface PackageComparison {
  readonly before: Package;
  readonly after: Package;
  readonly files: readonly ChangedFile[];
  readonly unchanged: number;
  readonly filesLeftOut: number;
  readonly config: readonly ConfigDifference[];
}

const MOST_FILES = 1000;
const MOST_DIFF_CHARACTERS = 2 * 1024 * 1024;
/** The work of a diff grows with the square of the lines that differ. */
const MOST_EDITS = 3000;

interface Pair {
  readonly path: string;
  readonly before: ArchiveEntry | undefined;
  readonly after: ArchiveEntry | undefined;
}

/** Compares two packages. @throws request.not-found, also when they are of different applications */
export async function comparePackages(
  reading: PackageReading,
  [idBefore, idAfter]: readonly [string, string],
): Promise<PackageComparison> {
  const before = await readPackage(reading.store, idBefore);
  const after = await readPackage(reading.store, idAfter);
  if (before.application !== after.application)
    throw new BerthError('request.not-found', { what: 'package', id: idAfter });
  return withPackageFiles(reading, before, (filesBefore) =>
    withPackageFiles(reading, after, async (filesAfter) => {
      const paths = [...new Set([...filesBefore.keys(), ...filesAfter.keys()])].sort();
      const pairs = paths.map((path) => ({ path, before: filesBefore.get(path), after: filesAfter.get(path) }));
      return { before, after, ...(await compareFiles(pairs)), config: configOf(before, after) };
    }),
  );
}

function configOf(before: Package, after: Package): readonly ConfigDifference[] {
  return [
    ...configDifferences(CONFIG_FILES.app, before.config, after.config),
    ...configDifferences(CONFIG_FILES.sensors, before.sensorConfig, after.sensorConfig),
  ];
}

async function compareFiles(
  pairs: readonly Pair[],
): Promise<Pick<PackageComparison, 'files' | 'unchanged' | 'filesLeftOut'>> {
  const files: ChangedFile[] = [];
  let [unchanged, filesLeftOut, characters] = [0, 0, 0];
  for (const pair of pairs) {
    if (pair.before && pair.after && (await isSameContents(pair.before, pair.after))) unchanged++;
    else if (files.length === MOST_FILES) filesLeftOut++;
    else {
      const file = await changedFile(pair, characters < MOST_DIFF_CHARACTERS);
      files.push(file);
      characters += file.diff?.length ?? 0;
    }
  }
  return { files, unchanged, filesLeftOut };
}

async function changedFile(pair: Pair, isRoomForDiff: boolean): Promise<ChangedFile> {
  const { path, before, after } = pair;
  const change = before ? (after ? 'changed' : 'removed') : 'added';
  const sizes = { sizeBefore: before?.declaredBytes ?? null, sizeAfter: after?.declaredBytes ?? null };
  const difference = isRoomForDiff ? await diffOf(pair) : 'too-many';
  const isDiff = typeof difference === 'object';
  return { path, change, ...sizes, diff: isDiff ? difference.diff : null, noDiff: isDiff ? null : difference };
}

async function diffOf({ path, before, after }: Pair): Promise<{ readonly diff: string } | NoDiff> {
  const [textBefore, textAfter] = [await textOf(before), await textOf(after)];
  if (typeof textBefore === 'string') return textBefore;
  if (typeof textAfter === 'string') return textAfter;
  const names = [before ? `a/${path}` : '/dev/null', after ? `b/${path}` : '/dev/null'] as const;
  const options = { context: 3, maxEditLength: MOST_EDITS };
  const diff = createTwoFilesPatch(...names, textBefore.text, textAfter.text, undefined, undefined, options);
  return diff === undefined ? 'too-different' : { diff };
}
