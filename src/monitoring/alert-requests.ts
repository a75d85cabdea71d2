// What administrators may ask about alerts: to keep some quiet for a while, and whom to tell.
import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { AlertRoute, AlertSeverity, AlertSilence } from '../model/alert.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';

/** What the requests need. */
export interface AlertRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly recordEvent: RecordEvent;
}

/** A silence as it is asked for; null: any. */
export interface SilenceWish {
  readonly rule: string | null;
  readonly subject: string | null;
  readonly reason: string;
  readonly forMs: number;
  readonly by: string;
}

/** A route as it is asked for. */
export interface RouteWish {
  readonly channel: string;
  readonly to: readonly string[];
  readonly least: AlertSeverity;
}

const LONGEST_SILENCE_MS = 366 * 86_400_000;
const ROUTE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** The channels by which alerts leave the platform, with what each needs to be told. */
const CHANNELS: Readonly<Record<string, { readonly looks: (to: string) => boolean; readonly what: string }>> = {
  smtp: { looks: (to) => /^[^\s@,;<>]+@[^\s@,;<>]+$/.test(to), what: 'a mail address' },
  webhooks: { looks: (to) => /^https?:$/.test(URL.parse(to)?.protocol ?? ''), what: 'an http or https URL' },
};

/** Keeps alerts quiet for a while. @throws alert.silence-invalid */
export async function silenceAlerts(parts: AlertRequestParts, wish: SilenceWish): Promise<AlertSilence> {
  const { store, clock, random, recordEvent } = parts;
  const { forMs, ...rest } = wish;
  if (forMs <= 0 || forMs > LONGEST_SILENCE_MS)
    throw new BerthError('alert.silence-invalid', { reason: 'it must end within a year, and not before it begins' });
  const createdAt = clock.now();
  const silence: AlertSilence = { id: random.id(10), ...rest, createdAt, untilAt: createdAt + forMs };
  await store.create('alertSilence', silence);
  const until = new Date(silence.untilAt).toISOString();
  const what = [rest.rule ?? 'any rule', rest.subject ?? 'anything'].join(' on ');
  const text = `Alerts of ${what} are quiet until ${until}: ${rest.reason}`;
  await recordEvent({ kind: 'alert.silenced', subject: `alert-silence:${silence.id}`, text });
  return silence;
}

/** Ends a silence before its time. @throws request.not-found */
export async function endSilence({ store, recordEvent }: AlertRequestParts, id: string): Promise<void> {
  await removeOne(store, 'alertSilence', id);
  await recordEvent({
    ...{ kind: 'alert.unsilenced', subject: `alert-silence:${id}` },
    text: `The silence ${id} was ended before its time.`,
  });
}

/** Says whom to tell, in place of the route of that name. @throws alert.route-invalid */
export async function putRoute(parts: AlertRequestParts, id: string, wish: RouteWish): Promise<AlertRoute> {
  const reason = await routeFault(parts.store, id, wish);
  if (reason !== undefined) throw new BerthError('alert.route-invalid', { route: id, reason });
  const createdAt = parts.clock.now();
  const route = await changeDocument(parts.store, 'alertRoute', id, (before) => ({
    ...{ id, ...wish },
    createdAt: before?.createdAt ?? createdAt,
  }));
  const text = `Alerts go to ${wish.to.length} addresses by ${wish.channel} from ${wish.least} on.`;
  await parts.recordEvent({ kind: 'alert.route-put', subject: `alert-route:${id}`, text });
  return route;
}

/** Tells nobody by a route any more. @throws request.not-found */
export async function removeRoute({ store, recordEvent }: AlertRequestParts, id: string): Promise<void> {
  await removeOne(store, 'alertRoute', id);
  const text = `Nobody is told of alerts by the route ${id} any more.`;
  await recordEvent({ kind: 'alert.route-removed', subject: `alert-route:${id}`, text });
}

/** One route. @throws request.not-found */
export async function showRoute(store: Store, id: string): Promise<AlertRoute> {
  const stored = await store.get('alertRoute', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'alert route', id });
  return stored.doc;
}

async function routeFault(store: Store, id: string, { channel, to }: RouteWish): Promise<string | undefined> {
  if (!ROUTE_NAME.test(id)) return 'its name must be of small letters, digits and dashes';
  const known = CHANNELS[channel];
  if (!known) return `alerts go by ${Object.keys(CHANNELS).join(' or ')}, not by ${channel}`;
  const wrong = to.find((each) => !known.looks(each));
  if (wrong !== undefined) return `${wrong} is not ${known.what}`;
  return (await store.get('actionChannel', channel)) ? undefined : `the channel ${channel} is not described yet`;
}

async function removeOne(store: Store, kind: 'alertSilence' | 'alertRoute', id: string): Promise<void> {
  const stored = await store.get(kind, id);
  if (!stored) {
    const what = kind === 'alertRoute' ? 'alert route' : 'silence';
    throw new BerthError('request.not-found', { what, id });
  }
  await store.delete(kind, id, stored.version);
}
