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

/** Records one event; resolves when it is stored. */
export type RecordEvent = (event: EventText) => Promise<void>;

/** An event recorder over a store. Ids begin with the time in hex, so that they sort by it. */
export function eventRecorder(parts: { store: Store; clock: Clock; random: Random; log: Log }): RecordEvent {
  return async ({ kind, subject, application = null, text, evidence = {} }) => {
    const at = parts.clock.now();
    try {
      await parts.store.create('event', {
        id: eventId(at, parts.random),
        at,
        kind,
        subject,
        application,
        text,
        evidence,
      });
    } catch (error) {
      parts.log.error('An event could not be recorded', { kind, subject, text, error });
    }
  };
}

function eventId(at: Instant, random: Random): string {
  return `${at.toString(16).padStart(12, '0')}-${random.id(8)}`;
}
