// What the task controller may use of a node while its session is ready.
import type { Machine } from '../ports/machine.ts';
import type { SessionImages } from './session-images.ts';
import type { SessionTurns } from './session-turns.ts';

/** A node that is ready now. */
export interface LiveNode {
  readonly node: string;
  readonly machine: Machine;
  /** Port of the node's 127.0.0.1 behind which the platform's images are. */
  readonly imagePort: number;
  /** Node clock minus platform clock. */
  readonly clockOffsetMs: number;
  /** Nothing is kept there that can go. */
  readonly isUnderPressure: boolean;
  readonly images: SessionImages;
  readonly turns: SessionTurns;
}
