// The node on which images' own work is done: pulling a base image, installing dependencies.
import type { Machine } from '../ports/machine.ts';

/** A machine with room, and the node that it is. */
export interface Builder {
  readonly machine: Machine;
  readonly node: string;
  /** The work is done. */
  close(): Promise<void>;
}

/** Finds a builder; undefined when no node is ready. */
export type FindBuilder = () => Promise<Builder | undefined>;
