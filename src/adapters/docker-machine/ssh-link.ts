// A machine over one kept SSH connection: the engine's socket forwarded here, commands run there, sockets forwarded back.
import { posix } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Opened } from '../../ports/machine.ts';
import type { Random } from '../../ports/random.ts';
import { CGROUP_WORDS } from './cgroup-text.ts';
import { ChannelSocket } from './channel-socket.ts';
import { Lane } from './lane.ts';
import type { Link, VitalsText } from './link.ts';
import { socketNames } from './socket-names.ts';
import { runCommands, sshPrograms } from './ssh-commands.ts';
import { SshListeners } from './ssh-listeners.ts';
import type { Timeouts } from './timeouts.ts';
import { readVitalsOutput, vitalsCommands } from './vitals-text.ts';
import { within } from './within.ts';

/** What a link over SSH needs. */
export interface SshLinkParts {
  readonly client: Client;
  readonly address: string;
  readonly socketPath: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeouts: Timeouts;
}

/** The server refuses channels of this kind (RFC 4254, section 5.1). */
const PROHIBITED = 1;

/** sshd allows ten sessions for one connection by default (MaxSessions). */
const SESSIONS = { places: 4, mayWait: 256 };

/** A link that is gone when its SSH connection is. */
export class SshLink implements Link {
  readonly address: string;
  readonly socketPath: string;
  readonly #parts: SshLinkParts;
  readonly #client: Client;
  readonly #listeners: SshListeners;
  readonly #sessions = new Lane(SESSIONS);
  readonly #gone = new AbortController();

  constructor(parts: SshLinkParts) {
    this.#parts = parts;
    this.#client = parts.client;
    this.address = parts.address;
    this.socketPath = parts.socketPath;
    this.#listeners = new SshListeners(parts.client);
    parts.client.on('error', (error) => this.#lost(error.message));
    parts.client.on('close', () => this.#lost('the server ended it'));
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  openEngine(): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (this.gone.aborted) return reject(this.gone.reason);
      this.#client.openssh_forwardOutStreamLocal(this.socketPath, (error, channel) => {
        if (error) reject(this.#engineError(error));
        else resolve(new ChannelSocket(channel, { allowHalfOpen: false }));
      });
    });
  }

  async readVitals(directory: string): Promise<VitalsText> {
    const { clock } = this.#parts;
    return this.#inSession('read the vital signs', async (signal) => {
      const sentAt = clock.monotonic();
      const output = await runCommands(this.#client, this.address, vitalsCommands(directory), signal);
      return readVitalsOutput(output, clock.monotonic() - sentAt, this.address);
    });
  }

  async readCgroups(): Promise<string> {
    return this.#inSession('read cgroups', async (signal) => {
      const programs = sshPrograms(this.#client, this.address);
      return (await programs.run(CGROUP_WORDS, { signal })).output;
    });
  }

  async listenSocket(directory: string, name: string, accept: (connection: Duplex) => void): Promise<Opened> {
    const names = socketNames(name, this.#parts.random, this.address);
    const [path, known] = [posix.join(directory, names.fresh), posix.join(directory, name)];
    const link = posix.join(directory, names.link);
    const stale = ['-maxdepth', '1', '-name', `${name}.*`, '!', '-name', names.fresh, '-delete'];
    await this.#commands(path, [
      ['mkdir', '-p', '--', directory],
      ['chmod', '0711', directory],
    ]);
    await this.#forward(path, () => this.#listeners.listenPath(path, accept));
    await this.#commands(path, [
      // sshd makes it 0600 and its own; the directory is the guard.
      ['chmod', '0666', path],
      ['ln', '-s', '--', names.fresh, link],
      ['mv', '-f', '-T', '--', link, known],
      ['find', directory, ...stale],
    ]);
    return { close: () => this.#closePath(path) };
  }

  async listenLoopback(accept: (connection: Duplex) => void): Promise<Opened & { readonly port: number }> {
    const port = await this.#forward('127.0.0.1:0', () => this.#listeners.listenPort(accept));
    return {
      port,
      close: async () => {
        if (!this.gone.aborted) await this.#timed('stop forwarding', () => this.#listeners.closePort(port));
      },
    };
  }

  async close(): Promise<void> {
    this.#lost('closed by the platform');
  }

  #lost(reason: string): void {
    if (!this.gone.aborted) this.#gone.abort(new BerthError('machine.disconnected', { address: this.address, reason }));
    this.#client.end();
    // A dead peer never answers the farewell.
    this.#client.destroy();
  }

  async #closePath(path: string): Promise<void> {
    if (this.gone.aborted) return;
    await this.#timed('stop forwarding', () => this.#listeners.closePath(path));
    await this.#commands(path, [['rm', '-f', '--', path]]);
  }

  async #commands(path: string, commands: readonly (readonly string[])[]): Promise<void> {
    try {
      const run = (signal: AbortSignal) => runCommands(this.#client, this.address, commands, signal);
      await this.#inSession(`prepare ${path}`, run);
    } catch (error) {
      if (error instanceof BerthError && error.code === 'machine.command-failed') throw this.#refused(path, error);
      throw error;
    }
  }

  async #forward<T>(path: string, listen: () => Promise<T>): Promise<T> {
    return this.#timed(`forward ${path}`, async () => {
      try {
        return await listen();
      } catch (error) {
        throw this.#refused(path, error);
      }
    });
  }

  #inSession<T>(act: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#timed(act, async (signal) => {
      const leave = await this.#sessions.enter(signal);
      if (!leave) throw new BerthError('machine.busy', { address: this.address, act });
      return work(signal).finally(leave);
    });
  }

  async #timed<T>(act: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, timeouts } = this.#parts;
    const limit = { clock, delayMs: timeouts.callMs, address: this.address, act, gone: this.gone };
    try {
      return await within(limit, work);
    } catch (error) {
      if (error instanceof BerthError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new BerthError('machine.disconnected', { address: this.address, reason }, { cause: error });
    }
  }

  #engineError(cause: Error & { readonly reason?: unknown }): BerthError {
    if (this.gone.aborted) return this.gone.reason;
    if (cause.reason === PROHIBITED) return this.#refused(this.socketPath, cause);
    const details = { socket: this.socketPath, address: this.address, reason: cause.message };
    return new BerthError('machine.no-engine', details, { cause });
  }

  #refused(path: string, cause: unknown): BerthError {
    const reason = cause instanceof BerthError ? String(cause.details.reason) : String(cause);
    return new BerthError('machine.forward-refused', { address: this.address, path, reason }, { cause });
  }
}
