// The machine that the platform itself runs on: its engine's Unix socket, its own files.
import { readFile, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Duplex } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Opened } from '../../ports/machine.ts';
import type { Random } from '../../ports/random.ts';
import { CGROUP_WORDS } from './cgroup-text.ts';
import { ConnectionServer } from './connection-server.ts';
import type { Link, VitalsText } from './link.ts';
import { localPrograms } from './local-programs.ts';
import { listenLocalSocket } from './local-socket.ts';
import type { Timeouts } from './timeouts.ts';
import { within } from './within.ts';

/** What a link to the machine's own engine needs. */
export interface LocalLinkParts {
  readonly socketPath: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeouts: Timeouts;
}

/** A link that is gone when the engine ends its watch, or when it is closed. */
export class LocalLink implements Link {
  readonly address = 'this machine';
  readonly socketPath: string;
  readonly #parts: LocalLinkParts;
  readonly #gone = new AbortController();
  readonly #opened = new Set<Opened>();

  constructor(parts: LocalLinkParts) {
    this.#parts = parts;
    this.socketPath = parts.socketPath;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  openEngine(): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.gone.throwIfAborted();
      const socket = connect(this.socketPath);
      socket.once('connect', () => resolve(socket));
      socket.once('error', (cause) => {
        const details = { socket: this.socketPath, address: this.address, reason: cause.message };
        reject(new BerthError('machine.no-engine', details, { cause }));
      });
    });
  }

  readVitals(directory: string): Promise<VitalsText> {
    const { clock, timeouts } = this.#parts;
    const limit = {
      clock,
      delayMs: timeouts.callMs,
      address: this.address,
      act: 'read the vital signs',
      gone: this.gone,
    };
    return within(limit, () => this.#read(directory));
  }

  readCgroups(): Promise<string> {
    const { clock, timeouts } = this.#parts;
    const limit = { clock, delayMs: timeouts.callMs, address: this.address, act: 'read cgroups', gone: this.gone };
    return within(limit, async (signal) => (await localPrograms.run(CGROUP_WORDS, { signal })).output);
  }

  async listenSocket(directory: string, name: string, accept: (connection: Duplex) => void): Promise<Opened> {
    this.gone.throwIfAborted();
    const place = { directory, name, address: this.address, random: this.#parts.random };
    return this.#keep(await listenLocalSocket(place, accept));
  }

  async listenLoopback(accept: (connection: Duplex) => void): Promise<Opened & { readonly port: number }> {
    this.gone.throwIfAborted();
    const server = new ConnectionServer(accept);
    const port = await server.listen({ host: '127.0.0.1', port: 0 });
    return { port, ...this.#keep(server) };
  }

  /** Says that the engine is gone, and ends what was opened. */
  async lose(reason: string): Promise<void> {
    if (this.#gone.signal.aborted) return;
    this.#gone.abort(new BerthError('machine.disconnected', { address: this.address, reason }));
    await Promise.all([...this.#opened].map((opened) => opened.close()));
  }

  close(): Promise<void> {
    return this.lose('closed by the platform');
  }

  async #read(directory: string): Promise<VitalsText> {
    const [stat, meminfo, bootId, disk] = await Promise.all([
      readFile('/proc/stat', 'utf8'),
      readFile('/proc/meminfo', 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      statfs(directory),
    ]).catch((cause: NodeJS.ErrnoException) => {
      throw new BerthError('machine.vitals-unreadable', { address: this.address, found: cause.message }, { cause });
    });
    return {
      stat,
      meminfo,
      bootId: bootId.trim(),
      cpus: availableParallelism(),
      diskTotalBytes: disk.blocks * disk.bsize,
      diskFreeBytes: disk.bavail * disk.bsize,
      machineClockAt: this.#parts.clock.now(),
    };
  }

  #keep(opened: Opened): Opened {
    const kept = {
      close: async () => {
        if (this.#opened.delete(kept)) await opened.close();
      },
    };
    this.#opened.add(kept);
    return kept;
  }
}
