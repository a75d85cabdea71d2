// What every session of a node is given.
import type { Duplex } from 'node:stream';
import type { Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machines } from '../ports/machine.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { LoadHistory } from './load-history.ts';
import type { NodeSettings } from './node-settings.ts';
import type { TaskEvidence } from './task-evidence.ts';

/** Takes over a connection that came from a node. */
export type AcceptFromNode = (node: string, connection: Duplex) => void;

/** The world of a session, handed in. */
export interface SessionParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly machines: Machines;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
  readonly evidence: TaskEvidence;
  readonly settings: NodeSettings;
  /** Keeps the load of nodes, and what tasks use, over time. */
  readonly history: Pick<LoadHistory, 'add' | 'addUsage'>;
  /** Marks what on a node belongs to this platform. */
  readonly platformUid: string;
  /** Connections to the node's SDK socket. */
  readonly sdkConnection: AcceptFromNode;
  /** Connections to the node's loopback port for images. */
  readonly imageConnection: AcceptFromNode;
}
