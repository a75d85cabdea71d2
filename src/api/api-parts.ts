// Everything that the API is handed: it constructs nothing itself.
import type { ApplicationParts } from '../applications/package-requests.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { WatchedStore } from '../engine/watched-store.ts';
import type { ImageRequests } from '../images/image-requests.ts';
import type { InstallationReads } from '../images/installation-reads.ts';
import type { Instant } from '../model/instant.ts';
import type { LiveLogs } from '../nodes/log-live.ts';
import type { NodeRequests } from '../nodes/node-requests.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machines } from '../ports/machine.ts';
import type { Random } from '../ports/random.ts';

/** Ports and rooms that the API's handlers use. */
export interface ApiParts {
  readonly store: WatchedStore;
  readonly blobs: Blobs;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly machines: Pick<Machines, 'publicKey'>;
  readonly applications: ApplicationParts;
  readonly images: ImageRequests;
  readonly installations: InstallationReads;
  readonly nodes: NodeRequests;
  readonly liveLogs: LiveLogs;
  readonly platform: { readonly uid: string; readonly version: string; readonly startedAt: Instant };
  readonly backlog: () => { readonly waiting: number; readonly running: number; readonly alarms: number };
}
