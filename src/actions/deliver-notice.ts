// Notices: one in the inbox of each user whom the instance names, and an e-mail to those who wish for one. All have derived ids, so that
// a notice whose outcome is not known is simply told again.
import type { User } from '../model/account.ts';
import type { Action, InboxNotice } from '../model/action.ts';
import { shardOf } from '../model/shard.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import type { Act, Deliver, OrderOf } from './delivery.ts';
import { lastsUntil } from './ordinary-rules.ts';
import { storeAction } from './store-action.ts';

/** Tells the users of an instance. */
export const deliverNotice: Deliver<'notify'> = async ({ store, clock }, act) => {
  const instance = await store.get('instance', act.action.instance);
  const names = [...new Set(instance?.doc.actionRules?.notify ?? [])];
  if (names.length === 0) return { outcome: 'refused', text: 'The instance names nobody in "notify".' };
  const users = (await store.getMany('user', names)).map(({ doc }) => doc);
  if (users.length === 0) return { outcome: 'refused', text: `There is no user ${names.join(', ')} any more.` };
  for (const user of users) await tell(store, act, user, clock.now());
  const unknown = names.filter((name) => !users.some(({ id }) => id === name));
  const told = `Told ${users.map(({ id }) => id).join(', ')}.`;
  return {
    outcome: 'delivered',
    text: unknown.length === 0 ? told : `${told} There is no user ${unknown.join(', ')}.`,
  };
};

async function tell(store: Store, { action, order }: Act<'notify'>, user: User, now: number): Promise<void> {
  const { title, text, severity } = order;
  const { instance, job } = action;
  const of = { id: `${user.id}/${action.id}`, user: user.id };
  await createOnce(store, { ...of, title, text, severity, instance, job, at: now, readAt: null });
  const mail = mailOf({ action, order }, user, now);
  if (mail) await storeAction(store, mail);
}

async function createOnce(store: Store, notice: InboxNotice): Promise<void> {
  try {
    await store.create('inboxNotice', notice);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
}

type Told = Pick<Act<'notify'>, 'action' | 'order'>;

function mailOf({ action, order }: Told, { id: user, email, mailsNotices }: User, now: number): Action | undefined {
  if (!mailsNotices || email === null) return undefined;
  const { instance, application, job, task } = action;
  const id = `${action.id}.${user}`;
  const mail: OrderOf<'email'> = {
    kind: 'email',
    to: [email],
    subject: `[${order.severity}] ${order.title}`,
    text: `${order.text}\n\n${instance} of ${application}, job ${job}\n`,
    html: null,
    values: {},
    attachments: [],
  };
  return {
    ...{ id, instance, application, job, task, key: `notice:${action.key}:${user}`, order: mail, notice: action.id },
    ...{ requestedAt: now, expiresAt: lastsUntil(mail, now), shard: shardOf(id) },
  };
}
