// What is remembered of the machines that a provider made: a file beside the machines file, written before each act and after it, so that an
// interruption neither doubles nor loses a machine.
import { z } from 'zod';

const madeMachine = z.strictObject({
  provider: z.string(),
  /** By which the provider finds what it made. */
  act: z.string(),
  /** When the provider was asked to make it; null: it was not, or it answered that it made nothing. */
  askedAt: z.number().nullable(),
  /** The provider's own name for it; null: not known, or not made. */
  machine: z.string().nullable(),
  address: z.string().nullable(),
  /** Pinned: what the provider vouches for, or what a person agreed to. */
  hostKey: z.string().nullable(),
});

const madeMachinesSchema = z.strictObject({
  /** Marks what this platform made where a provider's machines are shared. */
  owner: z.string(),
  machines: z.record(z.string(), madeMachine),
});

/** One of them. */
export type MadeMachine = z.output<typeof madeMachine>;

/** All of them, by their names in the machines file. */
export type MadeMachines = z.output<typeof madeMachinesSchema>;

/** Where they are remembered. Whoever reads is told of nothing when nothing was made. */
export interface MadeMachinesFile {
  read(): Promise<MadeMachines | undefined>;
  write(made: MadeMachines): Promise<void>;
  /** Nothing that was made is there any more. */
  remove(): Promise<void>;
}

/** The file's text. */
export function madeMachinesText(made: MadeMachines): string {
  return `${JSON.stringify(made, null, 2)}\n`;
}

/** @throws what JSON and the schema refuse: a file that nobody can read must not be taken for none */
export function readMadeMachines(text: string): MadeMachines {
  return madeMachinesSchema.parse(JSON.parse(text));
}
