// The actions of a trial: taken, judged, counted and retried as on the platform, and shown where the platform would send them. Controls
// go to the made-up devices.
import { ActionController } from '../actions/action-controller.ts';
import { ActionRequests } from '../actions/action-requests.ts';
import { actionEnded } from '../actions/decide-action.ts';
import type { SendControl } from '../actions/delivery.ts';
import { Engine } from '../engine/engine.ts';
import type { Action, ActionChannel, ActionOrder, ActionStatus } from '../model/action.ts';
import type { Mailer, SendOutcome } from '../ports/mailer.ts';
import type { WebCaller } from '../ports/web-caller.ts';
import type { DevFoundations } from './dev-foundations.ts';
import type { DevView } from './dev-view.ts';
import { engineLimits } from './ordinary-limits.ts';

/** The actions of a trial. */
export interface DevActions {
  readonly requests: ActionRequests;
  close(): Promise<void>;
}

/** Notices of a trial go to this user. */
export const DEVELOPER = 'developer';

const SHOWN: SendOutcome = { outcome: 'delivered', text: 'It was shown, and not sent: this is a trial.' };
const CLOSE_WITHIN_MS = 1000;

/** Builds the room and lets it work. */
export async function openDevActions(
  foundations: DevFoundations,
  sendControl: SendControl,
  view: DevView,
): Promise<DevActions> {
  const { store, clock, random, log } = foundations;
  const engine = new Engine({ clock, random, log, ...engineLimits('') });
  const onWritten = store.onWritten.bind(store);
  const requests = new ActionRequests({ store, clock, onWritten });
  const controller = new ActionController({
    ...foundations,
    ...shownWays(view),
    secrets: { read: () => Promise.resolve('') },
    sendControl,
    platformUid: 'dev',
    wake: (key) => engine.wake(key),
  });
  engine.register(controller);
  const silence = onWritten((kind, _, doc) => {
    engine.written(kind, doc);
    if (kind === 'action' && doc) showAsked(view, (doc as Action).order);
    if (kind === 'actionStatus' && doc) showEnd(view, doc as ActionStatus);
  });
  await prepare(foundations);
  await engine.start();
  const close = async () => {
    await engine.stop();
    await controller.close(CLOSE_WITHIN_MS);
    requests.close();
    silence();
  };
  return { requests, close };
}

/** Without channels the platform would let e-mails and SMS wait for one. */
async function prepare({ store, clock }: DevFoundations): Promise<void> {
  const updatedAt = clock.now();
  const smtp = {
    host: 'localhost',
    port: 25,
    tls: 'none',
    user: null,
    passwordFile: null,
    from: 'dev@localhost',
  } as const;
  const gateway = { method: 'POST', headers: {}, body: '{"to":"{to}","text":"{text}"}' } as const;
  const rest = { contentType: 'application/json', secretFile: null, accepted: [200] } as const;
  const channels: readonly ActionChannel[] = [
    { id: 'smtp', access: { kind: 'smtp', ...smtp }, updatedAt },
    { id: 'sms-gateway', access: { kind: 'sms-gateway', url: 'http://localhost/', ...gateway, ...rest }, updatedAt },
  ];
  for (const channel of channels) await store.create('actionChannel', channel);
  const person = { displayName: DEVELOPER, email: null, mailsNotices: false };
  await store.create('user', { id: DEVELOPER, ...person, createdAt: updatedAt });
}

function shownWays(view: DevView): { readonly mailer: Mailer; readonly web: WebCaller } {
  return {
    mailer: {
      send: async (_, { to, subject, text, attachments }) => {
        const files = attachments.map(({ name }) => name);
        const withFiles = files.length === 0 ? '' : ` (with ${files.join(', ')})`;
        view.show('action', `e-mail to ${to.join(', ')}: ${subject} | ${text}${withFiles}`, { to, subject, files });
        return SHOWN;
      },
    },
    web: {
      call: async ({ method, url, body }) => {
        // An SMS, which the trial's own gateway stands for, is shown as it was asked for.
        if (url !== 'http://localhost/') view.show('action', `${method} ${url} ${body ?? ''}`, { url, body });
        return { ...SHOWN, status: 200 };
      },
    },
  };
}

function showAsked(view: DevView, order: ActionOrder): void {
  if (order.kind === 'sms') view.show('action', `SMS to ${order.to.join(', ')}: ${order.text}`, { order });
  if (order.kind === 'notify')
    view.show('action', `notice (${order.severity}): ${order.title} | ${order.text}`, { order });
  if (order.kind !== 'control') return;
  const { sensor, control, parameters } = order;
  view.show('control', `${sensor} ${control} ${JSON.stringify(parameters)}`, { sensor, control, parameters });
}

function showEnd(view: DevView, { kind, state, reason }: ActionStatus): void {
  const isHeld = state === 'held';
  if ((!actionEnded(state) || state === 'delivered') && !isHeld) return;
  view.show(kind === 'control' ? 'control' : 'action', `the ${kind} is ${state}: ${reason}`, { state, reason });
}
