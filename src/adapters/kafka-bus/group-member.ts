// Membership in a consumer group, whatever happens to the connection. The driver's own membership ends silently when joining again fails;
// then this one begins another. What was assigned last holds until something else is.
import { Consumer, type ConsumerGroupJoinPayload } from '@platformatic/kafka';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Connections } from './connections.ts';
import { says } from './kafka-fault.ts';
import { shareOut } from './rendezvous.ts';
import { onceSettled } from './settling.ts';
import { backoffMs, Pauses, within } from './waiting.ts';

/** A consumer that gives bytes. */
export type BytesConsumer = Consumer<Buffer, Buffer, Buffer, Buffer>;

/** Which group, over which topic, and who wants to know. */
export interface MemberParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly log: Log;
  readonly group: string;
  readonly topic: string;
  /** After which silence the brokers give this member's partitions to others. */
  readonly sessionMs: number;
  /** Whenever the group was shared anew. `isNew`: this member was out of the group, so others may have had its partitions. */
  readonly assigned: (partitions: readonly number[], isNew: boolean) => void;
  /** The group is about to be shared anew. */
  readonly rebalancing: () => void;
}

/** An offset up to which everything of a partition is handled. */
export interface CommittedOffset {
  readonly partition: number;
  readonly offset: bigint;
}

/** The least that brokers accept unless they are told otherwise. */
const USUAL_LEAST_SESSION_MS = 6000;
const LEAVE_MS = 3000;
const OFFSETS_MS = 4000;
const AGAIN_MS = { first: 250, max: 5000 } as const;

/** One member. */
export class GroupMember {
  readonly #parts: MemberParts;
  readonly #pauses: Pauses;
  #sessionMs: number;
  #consumer: BytesConsumer | undefined;
  readonly #offsets: BytesConsumer;
  #memberId: string | null = null;
  #joins = 0;
  #supervision: Promise<void> | undefined;
  /** How often the watch saw a member that is in no group. */
  #idleLooks = 0;
  #nextLook: Cancel | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.#sessionMs = parts.sessionMs;
    this.#pauses = new Pauses(parts.clock);
    this.#offsets = newOffsetsClient(parts);
  }

  /** How often the group was shared anew since this member joined. */
  get rebalances(): number {
    return Math.max(0, this.#joins - 1);
  }

  /** Resolves when the member belongs to the group; rejects when the brokers do not take it, as they may not be asked again. */
  async join(): Promise<void> {
    const { clock, log, group } = this.#parts;
    await onceSettled({ clock, log, pauses: this.#pauses, what: group }, () => this.#open());
    if (!this.#pauses.isOver) this.#watch();
  }

  /** What the group has handled of some partitions: -1 where nothing is known. */
  async committed(partitions: readonly number[]): Promise<readonly bigint[]> {
    const { topic } = this.#parts;
    const found = await this.#offsets.listCommittedOffsets({ topics: [{ topic, partitions: [...partitions] }] });
    return partitions.map((partition) => found.get(topic)?.[partition] ?? -1n);
  }

  /** Tells the brokers what is handled, as the member that this one is now; they refuse it when that is out of date. */
  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const { topic, group } = this.#parts;
    if (!this.#consumer?.memberId) throw new Error(`Nobody of this process is in the group ${group} now`);
    this.#offsets.memberId = this.#consumer.memberId;
    this.#offsets.generationId = this.#consumer.generationId;
    await this.#offsets.commit({ offsets: offsets.map((each) => ({ topic, ...each, leaderEpoch: -1 })) });
  }

  /** Leaves the group; its partitions go to others at once where the brokers can be told. */
  async leave(): Promise<void> {
    this.#pauses.end();
    this.#nextLook?.();
    await this.#supervision;
    const consumer = this.#consumer;
    this.#consumer = undefined;
    if (consumer) await this.#close(consumer);
    // It never joined, so it has nothing to leave.
    this.#offsets.memberId = null;
    await this.#close(this.#offsets);
  }

  async #open(): Promise<void> {
    try {
      await this.#openWith(this.#sessionMs);
    } catch (error) {
      if (!says(error, 'INVALID_SESSION_TIMEOUT') || this.#sessionMs >= USUAL_LEAST_SESSION_MS) throw error;
      this.#parts.log.warn(
        'The brokers do not allow short sessions, so what a dead process had is taken over later; see group.min.session.timeout.ms in docs/bus.md',
        { group: this.#parts.group, wantedMs: this.#sessionMs, takenMs: USUAL_LEAST_SESSION_MS },
      );
      this.#sessionMs = USUAL_LEAST_SESSION_MS;
      await this.#openWith(this.#sessionMs);
    }
  }

  async #openWith(sessionMs: number): Promise<void> {
    const { connections, group, topic } = this.#parts;
    const consumer: BytesConsumer = new Consumer({
      ...connections.options,
      ...membership(group, topic, sessionMs),
      requestTimeout: sessionMs * 2 + 2000,
      retries: 3,
      retryDelay: 250,
    });
    consumer.topics.track(topic);
    consumer.on('error', (error: Error) => this.#lost(consumer, error));
    consumer.on('consumer:group:join', (joined: ConsumerGroupJoinPayload) => this.#joined(consumer, joined));
    consumer.on('consumer:group:rebalance', () => this.#parts.rebalancing());
    this.#consumer = consumer;
    try {
      await consumer.joinGroup({});
    } catch (error) {
      this.#consumer = undefined;
      await this.#close(consumer);
      throw error;
    }
  }

  #joined(consumer: BytesConsumer, { memberId, assignments = [], generationId }: ConsumerGroupJoinPayload): void {
    if (consumer !== this.#consumer || this.#pauses.isOver) return;
    const isNew = memberId !== this.#memberId;
    this.#memberId = memberId;
    this.#joins++;
    const { topic, group, log } = this.#parts;
    const partitions = assignments.filter((each) => each.topic === topic).flatMap((each) => each.partitions);
    log.info('The group shares its partitions anew', { group, generationId, mine: partitions.length });
    this.#parts.assigned(
      partitions.toSorted((a, b) => a - b),
      isNew,
    );
  }

  /** The driver gives up silently in some ways: a member that is in no group for long begins anew. */
  #watch(): void {
    const consumer = this.#consumer;
    this.#idleLooks = consumer && !consumer.isActive() ? this.#idleLooks + 1 : 0;
    if (consumer && this.#idleLooks > 3) this.#lost(consumer, new Error('It is in no group for long'));
    this.#nextLook = this.#parts.clock.after(this.#sessionMs, () => this.#watch());
  }

  #lost(consumer: BytesConsumer, error: Error): void {
    if (consumer !== this.#consumer || this.#pauses.isOver) return;
    this.#consumer = undefined;
    this.#idleLooks = 0;
    this.#parts.log.warn('Membership in a group is lost and begun anew', { group: this.#parts.group, error });
    this.#supervision ??= this.#again(consumer);
  }

  async #again(lost: BytesConsumer): Promise<void> {
    await this.#close(lost);
    for (let failures = 1; !this.#pauses.isOver && !this.#consumer; failures++) {
      await this.#pauses.pause(backoffMs(failures, AGAIN_MS.first, AGAIN_MS.max));
      if (this.#pauses.isOver) break;
      try {
        await this.#open();
      } catch (error) {
        this.#parts.log.warn('A group cannot be joined and is tried again', {
          group: this.#parts.group,
          failures,
          error,
        });
      }
    }
    this.#supervision = undefined;
  }

  /** Leaves; when the brokers cannot be told, the connections end all the same. */
  async #close(consumer: BytesConsumer): Promise<void> {
    try {
      await within(this.#parts.clock, LEAVE_MS, consumer.close(true), () => new Error('Leaving took too long'));
    } catch (error) {
      this.#parts.log.debug('A group was not left in order', { group: this.#parts.group, error });
      await consumer.connections.close();
    }
  }
}

/**
 * A client beside the member for what the group has handled. The driver's member joins anew when a commit is refused, each for itself, and a group whose
 * members do so comes to no rest; this client tries once and joins nothing.
 */
function newOffsetsClient({ connections, group, topic }: MemberParts): BytesConsumer {
  const client: BytesConsumer = new Consumer({
    ...connections.options,
    groupId: group,
    requestTimeout: OFFSETS_MS,
    retries: 0,
  });
  client.topics.track(topic);
  return client;
}

function membership(groupId: string, topic: string, sessionTimeout: number) {
  return {
    groupId,
    sessionTimeout,
    rebalanceTimeout: sessionTimeout,
    heartbeatInterval: Math.round(sessionTimeout / 6),
    // A name of its own: a stranger who shares otherwise is not let into the group.
    protocols: [{ name: 'berth-rendezvous', version: 0 }],
    partitionAssigner: (...[, members, , metadata]: Parameters<NonNullable<AssignerOf>>) => {
      const shares = shareOut([...members.keys()], metadata.topics.get(topic)?.partitionsCount ?? 0);
      return [...shares].map(([memberId, partitions]) => ({
        memberId,
        assignments: new Map([[topic, { topic, partitions }]]),
      }));
    },
  };
}

type AssignerOf = import('@platformatic/kafka').GroupPartitionsAssigner;
