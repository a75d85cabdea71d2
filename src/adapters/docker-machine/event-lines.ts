// The engine's events in the port's words.
import type { ContainerEvent } from '../../ports/machine.ts';

/** One line of GET /events (Docker Engine API 1.41). */
export interface EventLine {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** The actions that are passed on; the engine has many more, `exec_start: …` among them. */
export const EVENT_ACTIONS: readonly ContainerEvent['action'][] = ['create', 'start', 'die', 'kill', 'oom', 'destroy'];

/** What the engine itself puts among a container's labels. */
const ENGINES_OWN: ReadonlySet<string> = new Set(['name', 'image', 'exitCode', 'signal', 'execDuration']);

/** The event of a line; undefined for actions that nobody asked about. */
export function containerEvent({ Action, Actor, timeNano }: EventLine): ContainerEvent | undefined {
  const action = EVENT_ACTIONS.find((known) => known === Action);
  if (!action) return undefined;
  const { name = '', exitCode } = Actor.Attributes;
  return {
    name,
    id: Actor.ID,
    action,
    exitCode: exitCode === undefined ? null : Number(exitCode),
    at: Math.floor(timeNano / 1_000_000),
    labels: Object.fromEntries(Object.entries(Actor.Attributes).filter(([key]) => !ENGINES_OWN.has(key))),
  };
}
