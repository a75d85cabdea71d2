// Tells routes of alerts, and tries those again that did not take what others took.
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { AlertRoute } from '../model/alert.ts';
import type { Log } from '../ports/log.ts';
import { type AlertMessage, alertMessage, type TellRoute } from './alert-message.ts';
import type { RouteNews } from './decide-telling.ts';

/** What telling needs. */
export interface TellerParts {
  readonly tell: TellRoute;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
}

interface Unsent {
  readonly route: AlertRoute;
  readonly message: AlertMessage;
  readonly tries: number;
}

/** Messages that wait for another try, at most; the oldest are given up. */
const MOST_UNSENT = 50;
const MOST_TRIES = 10;

/** Tells, as far as the other sides take it. */
export class AlertTeller {
  readonly #parts: TellerParts;
  #unsent: readonly Unsent[] = [];

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  /** Tells each route; resolves to whether one at least was told, or nobody had to be. */
  async tellAll(news: readonly RouteNews[], id: string): Promise<boolean> {
    const sent = news.map((each) => ({ route: each.route, message: alertMessage(each, `${id}-${each.route.id}`) }));
    const failed: Unsent[] = [];
    for (const { route, message } of sent) {
      if (!(await this.#tellOne(route, message))) failed.push({ route, message, tries: 1 });
    }
    const isTold = failed.length < sent.length || sent.length === 0;
    // What nobody took is decided anew, with whatever has happened by then.
    if (isTold) this.#unsent = [...this.#unsent, ...failed].slice(-MOST_UNSENT);
    return isTold;
  }

  /** Tries again what is left. */
  async retry(): Promise<void> {
    const waiting = this.#unsent;
    this.#unsent = [];
    for (const { route, message, tries } of waiting) {
      if (await this.#tellOne(route, message)) continue;
      if (tries + 1 < MOST_TRIES) this.#unsent = [...this.#unsent, { route, message, tries: tries + 1 }];
      else await this.#giveUp(route, message);
    }
  }

  async #tellOne(route: AlertRoute, message: AlertMessage): Promise<boolean> {
    const { tell, log } = this.#parts;
    try {
      const { isTaken, said } = await tell(route, message);
      if (!isTaken) log.warn('A route of alerts did not take a message; it is tried again', { route: route.id, said });
      return isTaken;
    } catch (error) {
      log.warn('A route of alerts could not be told; it is tried again', { route: route.id, error });
      return false;
    }
  }

  #giveUp(route: AlertRoute, { subject }: AlertMessage): Promise<void> {
    const text = `The route ${route.id} could not be told after ${MOST_TRIES} tries: ${subject}`;
    return this.#parts.recordEvent({ kind: 'alert.not-told', subject: `alert-route:${route.id}`, text });
  }
}
