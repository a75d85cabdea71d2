// Actions' part of the loop: reads an action, decides, claims it by compare-and-set, and does it beside the loop.
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { sweepByNextAt } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import type { Action, ActionBudget, ActionChannel, ActionOrder, ActionStatus, ChannelAccess } from '../model/action.ts';
import type { Instant } from '../model/instant.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { StoreConflict, type Stored } from '../ports/store.ts';
import { ActRunner } from './act-runner.ts';
import type { ActionStep, ActNews } from './action-step.ts';
import { type ActionSnapshot, actionEnded, budgetId, decideAction } from './decide-action.ts';
import { deliverControl } from './deliver-control.ts';
import { deliverEmail } from './deliver-email.ts';
import { deliverNotice } from './deliver-notice.ts';
import { deliverSms } from './deliver-sms.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import { type Deliver, type DeliveryParts, NEEDED_CHANNEL } from './delivery.ts';
import { type OrderKind, rulesInForce } from './ordinary-rules.ts';

/** What the controller needs. */
export interface ActionControllerParts extends DeliveryParts {
  readonly random: Random;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
}

const DELIVER: { readonly [K in OrderKind]: Deliver<K> } = {
  email: deliverEmail,
  sms: deliverSms,
  notify: deliverNotice,
  webhook: deliverWebhook,
  control: deliverControl,
};

const ACT_ID_LENGTH = 12;
const MOST_TEXT = 500;

interface Loaded {
  readonly stored: Stored<ActionStatus>;
  readonly budget: Stored<ActionBudget> | undefined;
  readonly snapshot: ActionSnapshot;
}

/** The loop's part for keys `action:<id>`. */
export class ActionController implements Controller {
  readonly prefix = 'action';
  readonly watches = {
    actionStatus: ({ id, state }: ActionStatus) => (state === 'waiting' ? [id] : []),
    actionChannel: ({ id }: ActionChannel) => [...(this.#lacking.get(id) ?? [])],
  };
  readonly #parts: ActionControllerParts;
  readonly #runner: ActRunner;
  /** Acts whose claim was being written and that were not begun: a claim that is found to be one of these is ours to act on. */
  readonly #claims = new Map<string, string>();
  /** Actions that wait for a channel; a hint, so that they are woken when there is one. */
  readonly #lacking = new Map<ChannelAccess['kind'], Set<string>>();

  constructor(parts: ActionControllerParts) {
    this.#parts = parts;
    this.#runner = new ActRunner({ ...parts, wake: (id) => parts.wake(`action:${id}`) });
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const stored = await this.#parts.store.get('actionStatus', id);
    if (!stored || actionEnded(stored.doc.state)) return this.#done(id);
    const action = await this.#parts.store.get('action', id);
    if (!action) return this.#done(id);
    const loaded = await this.#load(action.doc, stored);
    const decision = decideAction(loaded.snapshot, now);
    await runSteps(decision.steps, this.#executors(loaded));
    return decision.wakeAt;
  }

  sweep(): AsyncIterable<Unsettled> {
    return sweepByNextAt(this.#parts.store, 'actionStatus');
  }

  /** Waits for acts, for a while, and writes how they ended; the loop must have stopped before. */
  async close(withinMs: number): Promise<void> {
    await this.#runner.close(withinMs);
    for (const id of this.#runner.untaken) {
      try {
        await this.reconcile(id, this.#parts.clock.now());
      } catch (error) {
        this.#parts.log.warn('How an act ended could not be written', { action: id, error });
      }
    }
  }

  #done(id: string): null {
    this.#runner.forget(id);
    this.#claims.delete(id);
    for (const lacking of this.#lacking.values()) lacking.delete(id);
    return null;
  }

  async #load(action: Action, stored: Stored<ActionStatus>): Promise<Loaded> {
    const { store, random } = this.#parts;
    const { kind } = action.order;
    const [instance, budget, noWay] = await Promise.all([
      store.get('instance', action.instance),
      store.get('actionBudget', budgetId(action)),
      this.#noWay(action),
    ]);
    const snapshot: ActionSnapshot = {
      ...{ action, status: stored.doc, budget: budget?.doc ?? null, noWay },
      rules: rulesInForce(kind, instance?.doc),
      hasRoom: this.#runner.hasRoom(kind),
      news: this.#news(stored.doc),
      actId: random.id(ACT_ID_LENGTH),
    };
    return { stored, budget, snapshot };
  }

  async #noWay({ id, order }: Action): Promise<string | null> {
    const channel = NEEDED_CHANNEL[order.kind];
    if (channel === undefined) return null;
    const lacking = this.#lacking.get(channel) ?? new Set();
    // Noted before it is looked for: a channel that is put in between wakes it.
    this.#lacking.set(channel, lacking.add(id));
    if (!(await this.#parts.store.get('actionChannel', channel)))
      return `There is no channel ${channel}: describe one and apply it with 'berth channel apply'.`;
    lacking.delete(id);
    return null;
  }

  #news({ id, tries }: ActionStatus): ActionSnapshot['news'] {
    const claimed = this.#claims.get(id);
    if (claimed !== undefined && claimed === tries.at(-1)?.actId) return 'unbegun';
    return this.#runner.news(id) ?? 'none';
  }

  #executors({ stored, budget, snapshot }: Loaded): Executors<ActionStep> {
    const { action, status: before } = snapshot;
    return {
      spend: async ({ budget: spent }) => {
        const { store } = this.#parts;
        await (budget ? store.update('actionBudget', spent, budget.version) : store.create('actionBudget', spent));
      },
      claim: async ({ status }) => {
        this.#claims.set(action.id, status.tries.at(-1)?.actId ?? '');
        await this.#write(action.id, status, stored.version);
      },
      act: async ({ status }) => {
        this.#claims.delete(action.id);
        this.#runner.begin(action.id, action.order.kind, (signal) => this.#act(action, status, signal));
      },
      record: async ({ status }) => {
        await this.#write(action.id, status, stored.version);
        this.#runner.forget(action.id);
        await this.#tell(action, before, status);
      },
      queue: async () => this.#runner.queue(action.id, action.order.kind),
    };
  }

  /** A claim that lost against another write is not ours. */
  async #write(id: string, status: ActionStatus, version: number): Promise<void> {
    try {
      await this.#parts.store.update('actionStatus', status, version);
    } catch (error) {
      if (error instanceof StoreConflict) this.#claims.delete(id);
      throw error;
    }
  }

  async #act(action: Action, { tries }: ActionStatus, signal: AbortSignal): Promise<ActNews> {
    const attempt = tries.at(-1);
    if (!attempt) throw new TypeError(`The action ${action.id} is done without a claim`);
    const news = await this.#deliver(action, action.order, { attempt, signal });
    return { ...news, text: news.text.slice(0, MOST_TEXT) };
  }

  #deliver<K extends OrderKind>(
    action: Action,
    order: Extract<ActionOrder, { readonly kind: K }>,
    { attempt, signal }: { readonly attempt: ActionStatus['tries'][number]; readonly signal: AbortSignal },
  ): Promise<ActNews> {
    // An order and what does it go together by kind, which indexing with a kind known only now cannot show.
    const deliver = DELIVER[order.kind] as Deliver<K>;
    return deliver(this.#parts, { action, order: order as never, attempt }, signal);
  }

  /** Everything that comes to an end is told; of controls, which come by the thousand, only what was not delivered. */
  async #tell({ id, instance, application, job }: Action, before: ActionStatus, after: ActionStatus): Promise<void> {
    const { kind, state, reason, tries } = after;
    const isHeld = state === 'held' && before.state !== 'held';
    const isToTell = isHeld || (actionEnded(state) && !(kind === 'control' && state === 'delivered'));
    if (!isToTell) return;
    const text = `${WORDS[kind]} of ${instance} ${state === 'unknown' ? 'has an unknown outcome' : `is ${state}`}: ${reason}`;
    const evidence = { action: id, instance, job, kind, tries: tries.length };
    await this.#parts.recordEvent({ kind: `action.${state}`, subject: `action:${id}`, application, text, evidence });
  }
}

const WORDS: Readonly<Record<OrderKind, string>> = {
  email: 'An e-mail',
  sms: 'An SMS',
  notify: 'A notice',
  webhook: 'A webhook',
  control: 'A control',
};
