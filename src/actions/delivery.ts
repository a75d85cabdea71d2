// What every way of doing an action is handed, and how it answers.
import type { Action, ActionChannel, ActionOrder, ActionTry, ChannelAccess } from '../model/action.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { SecretFiles } from '../ports/secret-files.ts';
import type { Store } from '../ports/store.ts';
import type { WebCaller } from '../ports/web-caller.ts';
import type { ActNews } from './action-step.ts';
import type { OrderKind } from './ordinary-rules.ts';

/** A command for a device. Its id is the action's, by which the device's acknowledgement is known. */
export interface ControlCommand {
  readonly id: string;
  readonly sensor: string;
  readonly control: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/** What became of a command. `timed-out`: it was sent, and nothing came back. */
export interface ControlOutcome {
  readonly outcome: 'acknowledged' | 'refused' | 'timed-out' | 'failed';
  readonly detail: string;
  readonly answer?: unknown;
}

/** Sends a command to a device and waits for its acknowledgement. */
export type SendControl = (command: ControlCommand, signal: AbortSignal) => Promise<ControlOutcome>;

/** What acts are done with. */
export interface DeliveryParts {
  readonly store: Store;
  readonly blobs: Pick<Blobs, 'open'>;
  readonly clock: Clock;
  readonly mailer: Mailer;
  readonly web: WebCaller;
  readonly secrets: SecretFiles;
  readonly sendControl: SendControl;
  /** Makes ids unique beyond this platform. */
  readonly platformUid: string;
}

/** An order of one kind. */
export type OrderOf<K extends OrderKind> = Extract<ActionOrder, { readonly kind: K }>;

/** One act: what is to be done, and the try that it is. */
export interface Act<K extends OrderKind> {
  readonly action: Action;
  readonly order: OrderOf<K>;
  readonly attempt: ActionTry;
}

/** Does one act. What it throws is of the registry, and nothing was done then. */
export type Deliver<K extends OrderKind> = (parts: DeliveryParts, act: Act<K>, signal: AbortSignal) => Promise<ActNews>;

/** How a kind of channel is described. */
export type AccessOf<C extends ChannelAccess['kind']> = Extract<ChannelAccess, { readonly kind: C }>;

/** The channel of a kind, if there is one. */
export async function channelOf<C extends ChannelAccess['kind']>(
  store: Store,
  kind: C,
): Promise<AccessOf<C> | undefined> {
  const stored = await store.get('actionChannel', kind);
  return stored && isOf(stored.doc, kind) ? stored.doc.access : undefined;
}

function isOf<C extends ChannelAccess['kind']>(
  channel: ActionChannel,
  kind: C,
): channel is ActionChannel & { readonly access: AccessOf<C> } {
  return channel.access.kind === kind;
}

/** Recipients who have nothing yet. */
export function remaining(to: readonly string[], { reached = [] }: ActionTry): readonly string[] {
  return to.filter((each) => !reached.includes(each));
}

/** The channel that a kind of action cannot go without. */
export const NEEDED_CHANNEL: Readonly<Partial<Record<OrderKind, ChannelAccess['kind']>>> = {
  email: 'smtp',
  sms: 'sms-gateway',
};
