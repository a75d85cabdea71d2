// The running program as one .tar.gz that needs nothing of the machine it is unpacked on, and whose digest is its version: the same files
// give the same digest, whoever packs them and whenever.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { BerthError } from '../model/errors.ts';
import { type PackedFile, packContents } from './pack-contents.ts';

/** What is packed, and where packs are kept between commands. */
export interface PackOrigin {
  readonly directory: string;
  readonly cache: string;
  /** The libatomic that Node needs and small machines lack; undefined: this machine has none. */
  readonly atomic: string | undefined;
  /** Aborts when the person wants to leave. */
  readonly leave: AbortSignal;
}

/** A packed program. */
export interface ProgramPack {
  readonly digest: string;
  readonly sizeBytes: number;
  open(): Readable;
}

const DIGEST_LETTERS = 16;
/** The digest is of the contents, so that how hard they are pressed may change. */
const PRESSURE = 4;
/** For one that is upgraded and comes back. */
const KEPT = 2;
/** The link that bin/with-node starts. */
const NODE_LINK = 'node_modules/.bin/node';

/** Packs the program, unless a pack of the same contents is kept. @throws initializer.pack-failed */
export async function packProgram({ directory, cache, atomic, leave }: PackOrigin): Promise<ProgramPack> {
  const files = [...(await packContents(directory))];
  if (atomic !== undefined)
    files.push({ name: 'lib/libatomic.so.1', source: atomic, size: (await stat(atomic)).size, mode: 0o644 });
  const digest = await digestOf(files, leave);
  const path = join(cache, `${digest}.tar.gz`);
  const present = await stat(path).catch(() => undefined);
  if (!present) await write({ files, cache, path, leave });
  const { size } = present ?? (await stat(path));
  return { digest, sizeBytes: size, open: () => createReadStream(path) };
}

async function digestOf(files: readonly PackedFile[], leave: AbortSignal): Promise<string> {
  const whole = createHash('sha256');
  for (const { name, source, mode } of files) {
    leave.throwIfAborted();
    const one = createHash('sha256');
    await pipeline(createReadStream(source), one);
    whole.update(`${name}\0${mode}\0${one.digest('hex')}\n`);
  }
  return whole.digest('hex').slice(0, DIGEST_LETTERS);
}

interface ToWrite extends Pick<PackOrigin, 'cache' | 'leave'> {
  readonly files: readonly PackedFile[];
  readonly path: string;
}

async function write({ files, cache, path, leave }: ToWrite): Promise<void> {
  await mkdir(cache, { recursive: true, mode: 0o700 });
  for (const old of (await readdir(cache)).sort().slice(KEPT)) await rm(join(cache, old), { force: true });
  const tar = pack();
  const fresh = `${path}.${process.pid}`;
  try {
    const written = pipeline(tar, createGzip({ level: PRESSURE }), createWriteStream(fresh), { signal: leave });
    await Promise.all([written, fill(tar, files)]);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function fill(tar: ReturnType<typeof pack>, files: readonly PackedFile[]): Promise<void> {
  const always = { mtime: new Date(0), uid: 0, gid: 0, uname: 'root', gname: 'root' };
  const node = files.find(({ name }) => /^node_modules\/node-linux-[^/]+\/bin\/node$/.test(name));
  if (node) {
    const linkname = node.name.replace('node_modules/', '../');
    tar.entry({ ...always, name: NODE_LINK, type: 'symlink', linkname, mode: 0o777 });
  }
  for (const { name, source, size, mode } of files) {
    if (size === 0) tar.entry({ ...always, name, mode }, '');
    else await pipeline(createReadStream(source), tar.entry({ ...always, name, size, mode })).catch(changed);
  }
  tar.finalize();
}

/** Somebody writes into the program's directory. */
function changed(cause: Error): never {
  throw new BerthError('initializer.pack-failed', { reason: `a file changed meanwhile (${cause.message})` }, { cause });
}
