// Root file systems of Debian 12 made with `debootstrap`, for machines where no registry answers. Needs root. Everything that it
// makes lies in one temporary directory, which is gone when the tar stream has ended or was destroyed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { RootFilesystemRequest, RootFilesystems } from '../../ports/root-filesystems.ts';
import { machineAptSource } from './apt-source.ts';
import { runLines } from './run-lines.ts';
import { releaseSeconds, trimRoot } from './trim-root.ts';
import { trustCertificates } from './trust-certificates.ts';

const SUITE = 'bookworm';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const TOOLS = ['debootstrap', 'unshare', 'tar', 'chroot'];

/** Makes root file systems with `debootstrap` below a directory of the caller's (no `nodev`, no `noexec`; about 500 MB free). */
export class Debootstrap implements RootFilesystems {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async build(request: RootFilesystemRequest): Promise<Readable> {
    await requireTools(request.signal);
    await mkdir(this.#directory, { recursive: true });
    const root = await mkdtemp(join(this.#directory, 'root-'));
    try {
      await install(root, request);
      await trust(root, request);
      const newest = await releaseSeconds(root);
      await trimRoot(root);
      return tarOf(root, newest, request.signal);
    } catch (error) {
      await rm(root, { recursive: true, force: true });
      throw error;
    }
  }
}

async function requireTools(signal: AbortSignal): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new BerthError('image.base-tool-missing', { missing: 'the permission to act as root' });
  for (const tool of TOOLS) {
    await runLines([tool, '--version'], () => {}, signal).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      throw new BerthError('image.base-tool-missing', { missing: `the program ${tool}` }, { cause });
    });
  }
}

async function install(root: string, request: RootFilesystemRequest): Promise<void> {
  const own = request.mirror === '' ? await machineAptSource() : undefined;
  const mirror = request.mirror || own?.uri;
  await runOrFail(debootstrapArgv(root, request.include, mirror, own?.keyring ?? KEYRING), request);
}

/** The mounts that debootstrap makes are its own (`unshare`), so that ending it undoes them. Without a mirror, it knows Debian's. */
function debootstrapArgv(
  root: string,
  include: readonly string[],
  mirror: string | undefined,
  keyring: string,
): readonly [string, ...string[]] {
  const settings = ['LC_ALL=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive'];
  const options = ['--variant=minbase', '--force-check-gpg', `--keyring=${keyring}`];
  if (include.length > 0) options.push(`--include=${include.join(',')}`);
  const words = ['unshare', '--mount', 'debootstrap', ...options, SUITE, root, ...(mirror ? [mirror] : [])];
  return ['env', ...settings, ...words];
}

async function trust(root: string, request: RootFilesystemRequest): Promise<void> {
  const command = await trustCertificates(root, request.caCertificates);
  if (command) await runOrFail(command, request);
}

async function runOrFail(argv: readonly [string, ...string[]], request: RootFilesystemRequest): Promise<void> {
  const { code, lastLines } = await runLines(argv, request.onLine, request.signal);
  if (code !== 0)
    throw new BerthError('image.base-failed', { reason: lastLines.slice(-5).join(' | ') || `exit ${code}` });
}

/**
 * A tar whose bytes depend on the packages alone: sorted, numeric owners, and times no newer than the release. Times that are older
 * stay, because Python's compiled files name the time of their source and would be compiled again at every start.
 */
function tarOf(root: string, newestSeconds: number, signal: AbortSignal): Readable {
  const shape = [
    '--sort=name',
    '--numeric-owner',
    '--format=posix',
    '--xattrs',
    '--xattrs-include=security.capability',
  ];
  const times = [
    `--mtime=@${newestSeconds}`,
    '--clamp-mtime',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  ];
  const tar = spawn('tar', ['--create', '--file=-', ...shape, ...times, '--directory', root, '.'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
  });
  const ended = once(tar, 'close').then(([code]) => failureOf(code as number | null));
  const output = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => void endWith(root, ended).then(done, done),
    destroy: (error, done) => {
      tar.kill('SIGKILL');
      endWith(root, ended).then(() => done(error), done);
    },
  });
  tar.on('error', (error) => output.destroy(error));
  return tar.stdout.pipe(output);
}

async function endWith(root: string, ended: Promise<Error | null>): Promise<Error | null> {
  const failure = await ended.catch((error: Error) => error);
  await rm(root, { recursive: true, force: true });
  return failure;
}

function failureOf(code: number | null): Error | null {
  return code === 0 ? null : new BerthError('image.base-failed', { reason: `tar ended with ${code}` });
}
