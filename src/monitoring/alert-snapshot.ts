// What alerts are decided on, in one look; null where it could not be known now.
import type { Component } from '../model/component.ts';
import type { Instant } from '../model/instant.ts';
import type { NodeState } from '../model/node.ts';
import type { BusLag } from '../ports/bus.ts';

/** A process as monitoring sees it. */
export interface SnapshotProcess extends Component {
  readonly isLost: boolean;
}

/** An instance of which something is told. */
export interface SnapshotInstance {
  readonly id: string;
  readonly name: string;
}

/** One look at the platform. */
export interface AlertSnapshot {
  readonly now: Instant;
  readonly nodes: readonly { readonly id: string; readonly state: NodeState; readonly reason: string }[];
  /** None at all: nobody registers here. */
  readonly processes: readonly SnapshotProcess[];
  /** Instances whose last jobs all failed, with how many of them were looked at. */
  readonly failing: readonly (SnapshotInstance & { readonly failures: number; readonly reason: string })[];
  /** Instances with occurrences that were lately found to be missed. */
  readonly missed: readonly (SnapshotInstance & { readonly count: number; readonly reason: string })[];
  /** How long the database took for one document. */
  readonly storeMs: number;
  readonly busLag: readonly BusLag[] | null;
}
