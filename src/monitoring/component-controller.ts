// Looks after the list of components (keys `component:<name>`): notices who is silent, tells of it, and forgets who is gone for good.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { positionPages } from '../engine/shard-sweep.ts';
import type { Component } from '../model/component.ts';
import type { Instant } from '../model/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store, Stored } from '../ports/store.ts';
import { closeAlert, openAlert } from './alert-book.ts';
import { alertId } from './alert-finding.ts';
import { LOST_RULE, lostFinding } from './component-alert.ts';
import { type ComponentVerdict, decideComponent } from './decide-component.ts';
import { SilenceBook } from './silence-book.ts';

/** What the controller needs. */
export interface ComponentControllerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly recordEvent: RecordEvent;
}

const LOOK_EVERY_MS = 2500;

/** Watches over components. */
export class ComponentController implements Controller {
  readonly prefix = 'component';
  readonly watches = { component: ({ id }: Component) => [id] };
  readonly #parts: ComponentControllerParts;
  readonly #silence = new SilenceBook();

  constructor(parts: ComponentControllerParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const { store, clock } = this.#parts;
    const alert = alertId({ rule: LOST_RULE, subject: `component:${id}` });
    const [stored, told] = await Promise.all([store.get('component', id), store.get('alert', alert)]);
    const lostForMs = told?.doc.state === 'open' ? now - told.doc.openedAt : null;
    if (!stored) return this.#gone(id, lostForMs === null ? null : alert, now);
    const { silenceMs, wasHeard } = this.#silence.look(stored.doc, clock.monotonic());
    const isStopping = stored.doc.state === 'stopping';
    const verdict = decideComponent({ silenceMs, wasHeard, isStopping, lostForMs });
    return this.#act(verdict, { stored, silenceMs, alert, now });
  }

  async *sweep(): AsyncIterable<Unsettled> {
    for await (const page of positionPages(this.#parts.store, 'component', {})) {
      for (const { id } of page) yield { id, at: 0 };
    }
  }

  /** It ended as it should, or was taken away: nobody waits for it. */
  async #gone(id: string, alert: string | null, now: Instant): Promise<null> {
    this.#silence.forget(id);
    if (alert !== null) await closeAlert(this.#parts, alert, now);
    return null;
  }

  async #act(
    verdict: ComponentVerdict,
    seen: {
      readonly stored: Stored<Component>;
      readonly silenceMs: number;
      readonly alert: string;
      readonly now: Instant;
    },
  ): Promise<Instant | null> {
    const { store, recordEvent } = this.#parts;
    const { stored, silenceMs, alert, now } = seen;
    const { id, machine } = stored.doc;
    const subject = `component:${id}`;
    if (verdict === 'lost') {
      const finding = lostFinding(stored.doc, silenceMs);
      await openAlert(this.#parts, finding, now);
      await recordEvent({ kind: 'component.lost', subject, text: finding.text, evidence: { machine, silenceMs } });
    }
    if (verdict === 'back') {
      await closeAlert(this.#parts, alert, now);
      const text = `The component ${id} on ${machine} is back.`;
      await recordEvent({ kind: 'component.back', subject, text, evidence: { machine } });
    }
    if (verdict !== 'forget') return now + LOOK_EVERY_MS;
    await store.delete('component', id, stored.version);
    return this.#gone(id, alert, now);
  }
}
