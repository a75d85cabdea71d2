// Everything that the API is handed: it constructs nothing itself.
import type { Readable } from 'node:stream';
import type { AccountParts } from '../accounts/account-requests.ts';
import type { AuditRequests } from '../accounts/audit-requests.ts';
import type { ResetRequests } from '../accounts/reset-requests.ts';
import type { SecretRequests } from '../accounts/secret-requests.ts';
import type { ChannelRequests } from '../actions/channel-requests.ts';
import type { InstanceParts } from '../applications/instance-requests.ts';
import type { ApplicationParts } from '../applications/package-requests.ts';
import type { ImageRequests } from '../images/image-requests.ts';
import type { InstallationReads } from '../images/installation-reads.ts';
import type { Instant } from '../model/instant.ts';
import type { Kind } from '../model/kinds.ts';
import type { Schedule } from '../model/schedule.ts';
import type { LogReading } from '../nodes/log-reads.ts';
import type { NodeRequests } from '../nodes/node-requests.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Bus } from '../ports/bus.ts';
import type { CalendarFormat } from '../ports/calendar-format.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machines } from '../ports/machine.ts';
import type { Random } from '../ports/random.ts';
import type { Series } from '../ports/series.ts';
import type { AnyDocument, Store } from '../ports/store.ts';
import type { ReadingReads } from '../sensors/reading-reads.ts';
import type { ReadingRequests } from '../sensors/reading-requests.ts';
import type { ProviderRequests } from '../servers/provider-requests.ts';
import type { ServerRequests } from '../servers/server-requests.ts';
import type { Elsewhere } from './hand-on.ts';
import type { PlatformPart, ShownSetting } from './platform-look.ts';

/** A store that tells of every write which succeeded through it, in the order of the writes. */
export interface HeardStore extends Store {
  /** Adds a listener; returns how to take it away. */
  onWritten(listener: (kind: Kind, id: string, doc: AnyDocument | undefined) => void): () => void;
}

/** How the API stands towards browsers. */
export interface ApiEdge {
  /** Address at which people reach the platform; empty: nobody told. */
  readonly publicUrl: string;
  /** Addresses and networks of proxies whose word on the client's address and protocol counts. */
  readonly trustedProxies: readonly string[];
  /** Of the built console. */
  readonly webDirectory: string;
}

/** Ports and rooms that the API's handlers use. */
export interface ApiParts {
  readonly store: HeardStore;
  readonly blobs: Blobs;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recordEvent: ApplicationParts['record'];
  readonly machines: Pick<Machines, 'publicKey'>;
  readonly applications: ApplicationParts;
  readonly images: ImageRequests;
  readonly installations: InstallationReads;
  readonly nodes: NodeRequests;
  readonly series: Series;
  readonly servers: ServerRequests;
  readonly providers: ProviderRequests;
  readonly channels: ChannelRequests;
  readonly secrets: SecretRequests;
  readonly readings: { readonly reads: ReadingReads; readonly requests: ReadingRequests };
  readonly calendars: CalendarFormat;
  readonly schedules: {
    readonly faults: InstanceParts['scheduleFaults'];
    /** A schedule on one line. */
    readonly inWords: (schedule: Schedule) => string;
  };
  /** The bytes of a backup, made as they are read. */
  readonly backup: (now: Instant) => Readable;
  readonly liveLogs: LogReading['live'];
  readonly accounts: AccountParts & { readonly resets: ResetRequests };
  readonly audit: AuditRequests;
  readonly edge: ApiEdge;
  /** The other processes, where several are the platform; absent: this one answers everything. */
  readonly elsewhere?: Elsewhere;
  readonly platform: { readonly uid: string; readonly version: string; readonly startedAt: Instant };
  /** What the platform is made of here, as it is now. */
  readonly components: () => Promise<readonly PlatformPart[]>;
  readonly settings: readonly ShownSetting[];
  readonly backlog: () => { readonly waiting: number; readonly running: number; readonly alarms: number };
}
