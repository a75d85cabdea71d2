// Looks at the platform every now and then, opens and closes alerts, and tells people of them (key `alerts:all`).
import { changeDocument } from '../engine/change-document.ts';
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Alert } from '../model/alert.ts';
import type { Instant } from '../model/instant.ts';
import type { Log } from '../ports/log.ts';
import { closeAlert, openAlert } from './alert-book.ts';
import type { TellRoute } from './alert-message.ts';
import { listRoutes, openAlerts, presentSilences, toldAlerts } from './alert-reads.ts';
import { ALERT_RULES } from './alert-rules.ts';
import { AlertTeller } from './alert-teller.ts';
import { LOST_RULE } from './component-alert.ts';
import { type AlertMemory, decideAlerts, NO_MEMORY } from './decide-alerts.ts';
import { decideTelling, type TellingDecision } from './decide-telling.ts';
import { readAlertSnapshot, type SnapshotParts } from './read-alert-snapshot.ts';

/** What the controller needs. */
export interface AlertControllerParts extends SnapshotParts {
  readonly recordEvent: RecordEvent;
  readonly log: Log;
  readonly tell: TellRoute;
}

const LOOK_EVERY_MS = 15_000;
/** After nobody could be told. */
const TELL_AGAIN_MS = 60_000;

const ALL = () => ['all'];

/** Keeps alerts. */
export class AlertController implements Controller {
  readonly prefix = 'alerts';
  readonly watches = { alert: ALL, alertSilence: ALL, alertRoute: ALL };
  readonly #parts: AlertControllerParts;
  readonly #teller: AlertTeller;
  #memory: AlertMemory = NO_MEMORY;
  #lookedMs: number | null = null;
  #quietUntilMs = 0;

  constructor(parts: AlertControllerParts) {
    this.#parts = parts;
    this.#teller = new AlertTeller(parts);
  }

  async reconcile(_: string, now: Instant): Promise<Instant> {
    const nowMs = this.#parts.clock.monotonic();
    if (this.#lookedMs === null || nowMs - this.#lookedMs >= LOOK_EVERY_MS) {
      this.#lookedMs = nowMs;
      await this.#look(nowMs, now);
      await this.#teller.retry();
    }
    const wakeAt = await this.#tell(nowMs, now);
    const nextLookAt = now + this.#lookedMs + LOOK_EVERY_MS - nowMs;
    return Math.max(now, Math.min(nextLookAt, wakeAt ?? nextLookAt));
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }

  async #look(nowMs: number, now: Instant): Promise<void> {
    const [snapshot, open] = await Promise.all([readAlertSnapshot(this.#parts), openAlerts(this.#parts.store)]);
    const own = open.filter(({ rule }) => rule !== LOST_RULE);
    const question = { rules: ALERT_RULES, snapshot, open: own, memory: this.#memory, nowMs };
    const { opens, closes, memory } = decideAlerts(question);
    for (const finding of opens) await openAlert(this.#parts, finding, now);
    for (const id of closes) await closeAlert(this.#parts, id, now);
    this.#memory = memory;
  }

  async #tell(nowMs: number, now: Instant): Promise<Instant | null> {
    if (nowMs < this.#quietUntilMs) return now + this.#quietUntilMs - nowMs;
    const { store } = this.#parts;
    const [open, told, silences, routes] = await Promise.all([
      openAlerts(store),
      toldAlerts(store),
      presentSilences(store, now),
      listRoutes(store),
    ]);
    const alerts = [...new Map([...open, ...told].map((alert) => [alert.id, alert])).values()];
    const decision = decideTelling({ alerts, silences, routes, now });
    if (await this.#teller.tellAll(decision.news, `alerts-${now}`)) await this.#remember(decision, now);
    else this.#quietUntilMs = nowMs + TELL_AGAIN_MS;
    return decision.wakeAt;
  }

  /** An alert that changed while people were told of it is told of as it was, and again as it is. */
  async #remember({ told }: TellingDecision, now: Instant): Promise<void> {
    for (const { alert, state } of told) {
      await changeDocument(this.#parts.store, 'alert', alert.id, (before): Alert => {
        return { ...(before ?? alert), toldAt: now, toldState: state };
      });
    }
  }
}
