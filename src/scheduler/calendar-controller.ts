// Keeps the events of calendars worked out far enough ahead, and has instances look again when a calendar that they name has changed
// (keys `calendar:<id>`).
import { changeExisting } from '../engine/change-document.ts';
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { positionPages } from '../engine/shard-sweep.ts';
import type { Calendar } from '../model/calendar.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { CalendarFormat } from '../ports/calendar-format.ts';
import type { Store } from '../ports/store.ts';
import { calendarWindow, workOutAgainAt } from './calendar-window.ts';
import { usersOfCalendar } from './calendars-of.ts';

/** What the controller works with. */
export interface CalendarControllerParts {
  readonly store: Store;
  readonly calendars: CalendarFormat;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
}

/** A process that stopped between the writing of a calendar and the wake-ups did so within this. */
const UNTOLD_MS = 86_400_000;
/** A calendar that could not be worked out further is tried again after this. */
const AGAIN_MS = 86_400_000;

/** Follows every calendar. */
export class CalendarController implements Controller {
  readonly prefix = 'calendar';
  readonly watches = { calendar: ({ id }: Calendar) => [id] };
  readonly #parts: CalendarControllerParts;
  /** By calendar, the `updatedAt` that instances were told of. */
  readonly #told = new Map<string, Instant>();
  readonly #againAt = new Map<string, Instant>();

  constructor(parts: CalendarControllerParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const stored = await this.#parts.store.get('calendar', id);
    if (!stored) return this.#forget(id);
    const isDue = workOutAgainAt(stored.doc.knownUntilAt) <= now;
    const calendar = isDue ? await this.#workOut(stored.doc, now) : stored.doc;
    await this.#tell(calendar, now);
    const dueAt = workOutAgainAt(calendar.knownUntilAt);
    const againAt = dueAt <= now ? now + AGAIN_MS : dueAt;
    this.#againAt.set(id, againAt);
    return againAt;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    for await (const page of positionPages(this.#parts.store, 'calendar', {})) {
      for (const { id } of page) yield { id, at: this.#againAt.get(id) ?? 0 };
    }
  }

  async #workOut(calendar: Calendar, now: Instant): Promise<Calendar> {
    const { store, calendars, recordEvent } = this.#parts;
    const { id } = calendar;
    try {
      const window = calendarWindow(now);
      return await changeExisting(store, 'calendar', id, (before) => ({
        ...before,
        events: calendars.events(before.source, window),
        knownUntilAt: window.untilAt,
        updatedAt: Math.max(now, before.updatedAt + 1),
      }));
    } catch (error) {
      if (!(error instanceof BerthError) || error.retryable) throw error;
      const until = new Date(calendar.knownUntilAt).toISOString();
      const text = `The calendar ${id} cannot be worked out beyond ${until}: ${error.message} ${error.remedy}`;
      await recordEvent({ kind: 'calendar.not-extended', subject: `calendar:${id}`, text });
      return calendar;
    }
  }

  /** Their next occurrence may be another one now. */
  async #tell({ id, updatedAt }: Calendar, now: Instant): Promise<void> {
    const told = this.#told.get(id);
    const isKnown = told === undefined ? updatedAt < now - UNTOLD_MS : told === updatedAt;
    if (!isKnown) {
      for await (const instance of usersOfCalendar(this.#parts.store, id)) this.#parts.wake(`instance:${instance.id}`);
    }
    this.#told.set(id, updatedAt);
  }

  #forget(id: string): null {
    this.#told.delete(id);
    this.#againAt.delete(id);
    return null;
  }
}
