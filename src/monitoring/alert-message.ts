// What people are told of alerts, and by whom that is done.
import type { Alert, AlertRoute } from '../model/alert.ts';
import type { RouteNews } from './decide-telling.ts';

/** What goes by a route at once. */
export interface AlertMessage {
  /** The same for each try. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  /** The same for programs. */
  readonly alerts: readonly ToldAlert[];
}

/** An alert as programs are told of it. */
export interface ToldAlert {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: Alert['severity'];
  /** `again`: it was told before and goes on. */
  readonly state: 'opened' | 'again' | 'closed';
  readonly text: string;
  readonly remedy: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
}

/** Sends a message by a route; resolves to whether the other side took it, and says why not. */
export type TellRoute = (
  route: AlertRoute,
  message: AlertMessage,
) => Promise<{ readonly isTaken: boolean; readonly said: string }>;

/** Alerts that one message names; the rest is counted. */
const MOST_NAMED = 50;

/** The message with what a route is told. */
export function alertMessage({ opened, goOn, over }: RouteNews, id: string): AlertMessage {
  const alerts = [
    ...opened.map((alert) => toldOf(alert, 'opened')),
    ...goOn.map((alert) => toldOf(alert, 'again')),
    ...over.map((alert) => toldOf(alert, 'closed')),
  ];
  return { id, subject: subjectOf(alerts), text: textOf(alerts), alerts: alerts.slice(0, MOST_NAMED) };
}

function toldOf(alert: Alert, state: ToldAlert['state']): ToldAlert {
  const { id, rule, subject, severity, text, remedy } = alert;
  const closedAt = alert.closedAt === null ? null : new Date(alert.closedAt).toISOString();
  return {
    id,
    rule,
    subject,
    severity,
    state,
    text,
    remedy,
    openedAt: new Date(alert.openedAt).toISOString(),
    closedAt,
  };
}

function subjectOf(alerts: readonly ToldAlert[]): string {
  const wrong = alerts.filter(({ state }) => state !== 'closed');
  const [only] = alerts;
  if (alerts.length === 1 && only)
    return `[Berth] ${only.state === 'closed' ? 'Over' : capital(only.severity)}: ${only.text}`;
  if (wrong.length === 0) return `[Berth] ${alerts.length} alerts are over`;
  const critical = wrong.filter(({ severity }) => severity === 'critical').length;
  const grave = critical === 0 ? '' : `, ${critical} of them critical`;
  return `[Berth] ${wrong.length} ${wrong.length === 1 ? 'alert' : 'alerts'}${grave}`;
}

function textOf(alerts: readonly ToldAlert[]): string {
  const sections = [
    section('New:', alerts, 'opened'),
    section('Still:', alerts, 'again'),
    section('Over:', alerts, 'closed'),
  ];
  return `${sections.filter((text) => text !== '').join('\n')}\n'berth alert list' shows all alerts, 'berth alert silence' keeps some quiet.\n`;
}

function section(heading: string, alerts: readonly ToldAlert[], state: ToldAlert['state']): string {
  const own = alerts.filter((alert) => alert.state === state);
  if (own.length === 0) return '';
  const lines = own.slice(0, MOST_NAMED).map((alert) => {
    const remedy = state === 'closed' ? '' : `\n    ${alert.remedy}`;
    return `  ${capital(alert.severity)}, since ${alert.openedAt}: ${alert.text}${remedy}`;
  });
  const more = own.length - lines.length;
  return [heading, ...lines, ...(more > 0 ? [`  and ${more} more`] : []), ''].join('\n');
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
