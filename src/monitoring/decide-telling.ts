// Whom to tell of which alerts now: what comes together is told together, what goes on is told again, and an end is told to those who know.
import type { Alert, AlertRoute, AlertSilence } from '../model/alert.ts';
import type { Instant } from '../model/instant.ts';
import { silencedUntil } from './alert-reads.ts';

/** What there is to decide on. */
export interface TellingQuestion {
  /** Those that are open, and those that people know to be open. */
  readonly alerts: readonly Alert[];
  /** That hold now. */
  readonly silences: readonly AlertSilence[];
  readonly routes: readonly AlertRoute[];
  readonly now: Instant;
}

/** What one route is told. */
export interface RouteNews {
  readonly route: AlertRoute;
  readonly opened: readonly Alert[];
  readonly goOn: readonly Alert[];
  readonly over: readonly Alert[];
}

/** What is told now, and when to look again; null: when something changes. */
export interface TellingDecision {
  readonly news: readonly RouteNews[];
  /** What is known from then on. */
  readonly told: readonly { readonly alert: Alert; readonly state: Alert['state'] }[];
  readonly wakeAt: Instant | null;
}

/** What happens within this time goes into one message. */
export const GROUP_MS = 30_000;
/** What is still open is told again. */
export const AGAIN_MS = 4 * 3_600_000;

/** Decides for all routes. */
export function decideTelling({ alerts, silences, routes, now }: TellingQuestion): TellingDecision {
  const isQuiet = (alert: Alert) => silencedUntil(alert, silences) !== null;
  const heard = alerts.filter((alert) => routes.some((route) => reaches(route, alert)));
  const loud = heard.filter((alert) => !isQuiet(alert));
  const opened = loud.filter(({ state, toldState }) => state === 'open' && toldState !== 'open');
  const goOn = loud.filter(({ state, toldState }) => state === 'open' && toldState === 'open');
  const over = alerts.filter(({ state, toldState }) => state === 'closed' && toldState === 'open');
  const dueAt = Math.min(...[...opened.map(openedAt), ...over.map(closedAt)].map((at) => at + GROUP_MS));
  const againAt = Math.min(...goOn.map(({ toldAt }) => (toldAt ?? 0) + AGAIN_MS));
  const isDue = now >= Math.min(dueAt, againAt);
  const silencesEndAt = Math.min(...silences.map(({ untilAt }) => untilAt));
  if (!isDue) return { news: [], told: [], wakeAt: finite(Math.min(dueAt, againAt, silencesEndAt)) };
  const again = goOn.filter(({ toldAt }) => now - (toldAt ?? 0) >= AGAIN_MS);
  const ends = over.filter((alert) => !isQuiet(alert));
  return {
    news: routes.flatMap((route) => newsOf(route, { opened, goOn: again, over: ends })),
    told: [
      ...[...opened, ...again].map((alert) => ({ alert, state: 'open' as const })),
      ...over.map((alert) => ({ alert, state: 'closed' as const })),
    ],
    wakeAt: now + GROUP_MS,
  };
}

function newsOf(route: AlertRoute, all: Omit<RouteNews, 'route'>): readonly RouteNews[] {
  const own = (alerts: readonly Alert[]) => alerts.filter((alert) => reaches(route, alert));
  const news = { route, opened: own(all.opened), goOn: own(all.goOn), over: own(all.over) };
  return news.opened.length + news.goOn.length + news.over.length === 0 ? [] : [news];
}

function reaches({ least }: AlertRoute, { severity }: Alert): boolean {
  return least === 'warning' || severity === 'critical';
}

function openedAt({ openedAt: at }: Alert): Instant {
  return at;
}

function closedAt({ closedAt: at, openedAt: opened }: Alert): Instant {
  return at ?? opened;
}

function finite(at: number): Instant | null {
  return Number.isFinite(at) ? at : null;
}
