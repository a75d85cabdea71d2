// The image of the docker provider's machines: used where the engine has it, else made of Debian packages, once. No registry is asked.
import Docker from 'dockerode';
import { BerthError } from '../../model/errors.ts';
import type { DockerAccess, DockerSurroundings } from './docker-surroundings.ts';
import { engineFailure, statusOf } from './engine-failure.ts';

/** Debian packages of a machine, beside the minimal system. */
export const MACHINE_PACKAGES: readonly string[] = [
  'openssh-server',
  'docker.io',
  'iptables',
  'ca-certificates',
  'iproute2',
  'procps',
  'python3-minimal',
];

/** Fetching and installing takes about 75 s, importing 10 s, on an ordinary machine. */
const MAKE_WITHIN_MS = 900_000;
const LINES_SHOWN = 3;

/** The image, under the name that was configured. */
export class MachineImage {
  /** Repository and tag. */
  readonly tag: string;
  readonly #docker: Docker;
  readonly #surroundings: DockerSurroundings;
  readonly #closed = new AbortController();
  #making: Promise<void> | undefined;

  constructor({ socketPath, image }: DockerAccess, surroundings: DockerSurroundings) {
    this.tag = /:[^/]+$/.test(image) ? image : `${image}:latest`;
    this.#docker = new Docker({ socketPath, timeout: MAKE_WITHIN_MS });
    this.#surroundings = surroundings;
  }

  /** Resolves when the engine has it. @throws provider.image-failed */
  async ensure(): Promise<void> {
    if (await this.#isThere()) return;
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    await this.#making;
  }

  /** Ends what is being made. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the platform is ending'));
    await this.#making?.catch(() => undefined);
  }

  async #isThere(): Promise<boolean> {
    try {
      await this.#docker.getImage(this.tag).inspect();
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw engineFailure(error, 'create');
    }
  }

  async #make(): Promise<void> {
    const { clock, rootFilesystems, caCertificates } = this.#surroundings;
    const late = new AbortController();
    const minutes = MAKE_WITHIN_MS / 60_000;
    const cancel = clock.after(MAKE_WITHIN_MS, () => late.abort(new Error(`it took more than ${minutes} min`)));
    const lines: string[] = [];
    try {
      const tar = await rootFilesystems.build({
        include: MACHINE_PACKAGES,
        mirror: '',
        caCertificates,
        onLine: (line) => lines.splice(0, lines.length, ...lines.slice(1 - LINES_SHOWN), line),
        signal: AbortSignal.any([late.signal, this.#closed.signal]),
      });
      await this.#import(tar);
    } catch (cause) {
      const reason = [cause instanceof Error ? cause.message : String(cause), ...lines].join(' | ');
      throw new BerthError('provider.image-failed', { image: this.tag, reason }, { cause });
    } finally {
      cancel();
    }
  }

  async #import(tar: NodeJS.ReadableStream): Promise<void> {
    const colon = this.tag.lastIndexOf(':');
    const answer = await this.#docker.importImage(tar, {
      repo: this.tag.slice(0, colon),
      tag: this.tag.slice(colon + 1),
    });
    let last = '';
    for await (const chunk of answer) last = String(chunk).slice(-1000);
    // The engine says so inside a successful answer when the tar breaks off.
    if (!(await this.#isThere())) throw new Error(last.trim() || 'the engine did not take it');
  }
}
