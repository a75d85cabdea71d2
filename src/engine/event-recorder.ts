// Writes what happened, for people. A record that fails is logged and does not fail what happened.
import type { Event } from '../model/event.ts';
import type { Instant } from '../model/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';

/** What is told of one event; the recorder adds time and id. */
export interface EventText {
  readonly kind: string;
  readonly subject: string;
  readonly application?: string | null;
  readonly text: string;
  readonly evidence?: Event['evidence'];
}

/** The running number begins again after so many: far more than are recorded in a millisecond. */
const NUMBERS = 0x100000;

/** Records one event; resolves when it is stored. */
export type RecordEvent = (event: EventText) => Promise<void>;

/** Makes one event, for whoever stores it behind what it tells of, in the same batch. */
export type NewEvent = (event: EventText) => Event;

/** An event recorder over a store. */
export function eventRecorder(parts: { store: Store; clock: Clock; random: Random; log: Log }): RecordEvent {
  const newEvent = eventMaker(parts);
  return async (told) => {
    try {
      await parts.store.create('event', newEvent(told));
    } catch (error) {
      const { kind, subject, text } = told;
      parts.log.error('An event could not be recorded', { kind, subject, text, error });
    }
  };
}

/** Makes events of now. Ids begin with the time in hex and a running number, so that they sort by when they were made. */
export function eventMaker({ clock, random }: { readonly clock: Clock; readonly random: Random }): NewEvent {
  const nextId = eventIds(random);
  return ({ kind, subject, application = null, text, evidence = {} }) => {
    const at = clock.now();
    return { id: nextId(at), at, kind, subject, application, text, evidence };
  };
}

/** The end of an id, drawn once, tells recorders apart: other processes, and this one when it ran before. */
function eventIds(random: Random): (at: Instant) => string {
  const recorder = random.id(8);
  let recorded = 0;
  return (at) => {
    recorded = (recorded + 1) % NUMBERS;
    return `${at.toString(16).padStart(12, '0')}-${recorded.toString(16).padStart(5, '0')}-${recorder}`;
  };
}
