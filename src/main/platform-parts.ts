// What the platform is made of in this process, and how each part of it is.
import type { PlatformPart } from '../api/platform-look.ts';
import type { Instant } from '../model/instant.ts';
import type { LiveLogs } from '../nodes/log-live.ts';
import { listNodes } from '../nodes/node-reads.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** What is looked at. */
export interface PlatformPartsNeeds {
  readonly clock: Clock;
  readonly store: Store;
  readonly startedAt: Instant;
  /** The setting that says where the database is; empty: SQLite. */
  readonly storeSetting: string;
  readonly backlog: () => { readonly waiting: number; readonly running: number; readonly alarms: number };
  /** When the loop last finished a run or a sweep. */
  readonly beatAt: () => Instant | null;
  readonly liveLogs: LiveLogs;
  /** Connections of tasks that are open, and when one last came. */
  readonly sdk: () => { readonly connections: number; readonly lastAt: Instant | null };
  /** Messages that wait in the process. */
  readonly busBacklog: () => number;
  /** Where devices connect; null: nowhere. */
  readonly devicesUrl: () => string | null;
}

type Look = Omit<PlatformPart, 'sinceAt'>;

/** A database that takes longer for one document is in trouble. */
const SLOW_MS = 1000;
/** A loop that has work and finished none of it for so long is. */
const STUCK_MS = 60_000;

/** Looks at the parts, and remembers since when each is as it is. */
export class PlatformParts {
  readonly #needs: PlatformPartsNeeds;
  readonly #since = new Map<PlatformPart['name'], { readonly state: PlatformPart['state']; readonly at: Instant }>();

  constructor(needs: PlatformPartsNeeds) {
    this.#needs = needs;
  }

  /** Every part, as it is now. */
  async look(): Promise<readonly PlatformPart[]> {
    const { clock } = this.#needs;
    const now = clock.now();
    const parts = [
      this.#engine(now),
      apiPart(now),
      await this.#store(),
      this.#bus(now),
      this.#devices(),
      this.#logs(now),
      this.#sdk(),
      await this.#nodes(),
    ];
    return parts.map((part) => ({ ...part, sinceAt: this.#sinceOf(part, now) }));
  }

  /** The first look finds what the process began with. */
  #sinceOf({ name, state }: Look, now: Instant): Instant {
    const known = this.#since.get(name);
    if (known?.state === state) return known.at;
    const at = known ? now : this.#needs.startedAt;
    this.#since.set(name, { state, at });
    return at;
  }

  #engine(now: Instant): Look {
    const { waiting, running, alarms } = this.#needs.backlog();
    const heartbeatAt = this.#needs.beatAt();
    const isStuck = waiting > 0 && heartbeatAt !== null && now - heartbeatAt > STUCK_MS;
    const sentence = `${running} decisions are under way, ${waiting} wait, and ${alarms} are set for later.`;
    return { name: 'engine', state: isStuck ? 'troubled' : 'running', heartbeatAt, backlog: waiting, sentence };
  }

  async #store(): Promise<Look> {
    const { clock, store, storeSetting } = this.#needs;
    const askedMs = clock.monotonic();
    const what = storeSetting === '' ? 'SQLite, in the data directory' : `MySQL at ${hostOf(storeSetting)}`;
    try {
      await store.get('platform', 'platform');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const sentence = `${what}: it does not answer (${reason}).`;
      return { name: 'store', state: 'troubled', heartbeatAt: null, backlog: null, sentence };
    }
    const tookMs = clock.monotonic() - askedMs;
    const sentence = `${what}; it answers in ${tookMs < 1 ? 'less than 1' : Math.round(tookMs)} ms.`;
    const state = tookMs > SLOW_MS ? 'troubled' : 'running';
    return { name: 'store', state, heartbeatAt: clock.now(), backlog: null, sentence };
  }

  #bus(now: Instant): Look {
    const backlog = this.#needs.busBacklog();
    const sentence = `It is part of this process; ${backlog} messages wait.`;
    return { name: 'bus', state: 'running', heartbeatAt: now, backlog, sentence };
  }

  #devices(): Look {
    const url = this.#needs.devicesUrl();
    const sentence = url === null ? 'No address for devices is set.' : `Devices come in at ${url}.`;
    return { name: 'devices', state: url === null ? 'off' : 'running', heartbeatAt: null, backlog: null, sentence };
  }

  #logs(now: Instant): Look {
    const tails = this.#needs.liveLogs.all();
    const backlog = tails.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
    const sentence = `The logs of ${tails.length} tasks are followed; ${backlog} bytes of them wait to be stored.`;
    return { name: 'logs', state: 'running', heartbeatAt: now, backlog, sentence };
  }

  #sdk(): Look {
    const { connections, lastAt } = this.#needs.sdk();
    const sentence = `${connections} connections of tasks are open.`;
    return { name: 'sdk', state: 'running', heartbeatAt: lastAt, backlog: null, sentence };
  }

  async #nodes(): Promise<Look> {
    const nodes = await listNodes(this.#needs.store);
    const ready = nodes.filter(({ status }) => status?.state === 'ready');
    const seen = nodes.map(({ status }) => status?.lastSeenAt ?? null).filter((at) => at !== null);
    return {
      name: 'nodes',
      state: nodes.length === 0 ? 'off' : ready.length < nodes.length ? 'troubled' : 'running',
      heartbeatAt: seen.length === 0 ? null : Math.max(...seen),
      backlog: null,
      sentence: `${ready.length} of ${nodes.length} nodes are ready.`,
    };
  }
}

function apiPart(now: Instant): Look {
  return { name: 'api', state: 'running', heartbeatAt: now, backlog: null, sentence: 'It answered this.' };
}

function hostOf(address: string): string {
  return URL.parse(address)?.host || 'the address that is set';
}
