// What a process does when it is given shards, or leaves some to another: begins to look after what is unsettled in them, or ends what it has under way.
import type { Engine } from '../engine/engine.ts';
import type { ShardSet } from '../engine/role-shards.ts';
import { GATE_SHARD } from '../model/shard.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { NodeRooms } from './node-rooms.ts';
import type { ShareListener } from './process-share.ts';
import type { SensorRoom } from './sensor-room.ts';

/** What has to do with shards. */
export interface ShareRooms {
  readonly engine: Engine;
  readonly rooms: Pick<NodeRooms, 'sessions' | 'evidence'>;
  readonly sensors: Pick<SensorRoom, 'open' | 'close'>;
  /** Reads the fleet anew. */
  readonly refresh: () => Promise<void>;
  readonly isOurs: (node: string) => boolean;
  readonly ownsGate: () => boolean;
}

/** What others told of the fleet may be lost: it is read anew so often. */
const FLEET_EVERY_MS = 30_000;
const GATE_AGAIN_MS = 5000;
/** What has not ended by then goes on beside its successor, which every write and act allows for. */
const LEFT_WITHIN_MS = 10_000;

/** Follows the changes of a process's share. */
export class ShareChanges implements ShareListener {
  readonly #clock: Clock;
  readonly #log: Log;
  #rooms: ShareRooms | undefined;
  #sweeping: Promise<void> | undefined;
  #sweepAgain = false;
  #gate: Promise<void> = Promise.resolve();
  #timer: Cancel | undefined;
  #isClosed = false;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The rooms are built: from now on changes are acted on. */
  attach(rooms: ShareRooms): void {
    this.#rooms = rooms;
    this.#refreshLater(rooms);
  }

  /** Looks no more. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.();
  }

  onGained({ role, shards }: ShardSet): void {
    const rooms = this.#rooms;
    if (!rooms) return;
    if (role === 'sensors' && shards.has(GATE_SHARD)) this.#gate = this.#gate.then(() => this.#openGate(rooms));
    this.#sweepSoon(rooms);
  }

  async onLeft({ role, shards }: ShardSet): Promise<void> {
    const rooms = this.#rooms;
    if (!rooms) return;
    const ended = this.#end(rooms, role, shards);
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(LEFT_WITHIN_MS, late.resolve);
    await Promise.race([ended, late.promise]).finally(cancel);
  }

  wake(key: string): void {
    this.#rooms?.engine.wake(key);
  }

  async #end(rooms: ShareRooms, role: ShardSet['role'], shards: ReadonlySet<number>): Promise<void> {
    await rooms.engine.leave();
    if (role === 'nodes') await this.#leaveNodes(rooms);
    if (role === 'sensors' && shards.has(GATE_SHARD)) await this.#closeGate(rooms);
  }

  async #leaveNodes({ rooms, isOurs }: ShareRooms): Promise<void> {
    await rooms.sessions.closeOthers(isOurs);
    await rooms.evidence.leave(isOurs);
  }

  #closeGate({ sensors }: ShareRooms): Promise<void> {
    this.#gate = this.#gate.then(() => sensors.close());
    return this.#gate;
  }

  /** Tried until it opens or is no longer ours: the process before may still hold the port. */
  async #openGate(rooms: ShareRooms): Promise<void> {
    while (rooms.ownsGate() && !this.#isClosed) {
      try {
        return await rooms.sensors.open();
      } catch (error) {
        this.#log.error('Devices cannot come in yet; it is tried again', { error });
        await new Promise<void>((resolve) => this.#clock.after(GATE_AGAIN_MS, resolve));
      }
    }
  }

  /** Many shards come one after the other; one sweep that begins after the last of them finds everything. */
  #sweepSoon(rooms: ShareRooms): void {
    this.#sweepAgain = true;
    this.#sweeping ??= this.#sweep(rooms).finally(() => {
      this.#sweeping = undefined;
    });
  }

  async #sweep({ engine, refresh }: ShareRooms): Promise<void> {
    while (this.#sweepAgain && !this.#isClosed) {
      this.#sweepAgain = false;
      try {
        await refresh();
        await engine.sweep();
      } catch (error) {
        this.#log.error('What is unsettled in new shards could not all be read; the next sweep follows', { error });
      }
    }
  }

  #refreshLater({ refresh }: ShareRooms): void {
    this.#timer = this.#clock.after(FLEET_EVERY_MS, () => {
      refresh()
        .catch((error: unknown) => this.#log.warn('The fleet could not be read anew', { error }))
        .finally(() => {
          if (!this.#isClosed && this.#rooms) this.#refreshLater(this.#rooms);
        });
    });
  }
}
