// What the platform tells people without being asked: something is wrong, or is right again.
import type { Instant } from './instant.ts';

/** How urgent an alert is. */
export type AlertSeverity = 'warning' | 'critical';

/** One thing that is wrong. Its id is derived from rule and subject, so that what goes on is one alert. Written by monitoring. */
export interface Alert {
  readonly id: string;
  /** Name of the rule that found it. */
  readonly rule: string;
  /** Key of what it is about: `node:…`, `component:…`, `instance:…`. */
  readonly subject: string;
  readonly severity: AlertSeverity;
  /** What is wrong, in one sentence. */
  readonly text: string;
  /** What to do. */
  readonly remedy: string;
  readonly state: 'open' | 'closed';
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
  /** When people were told of it last, of its end included; null: not yet, or it was silenced. */
  readonly toldAt: Instant | null;
  readonly toldState: 'open' | 'closed' | null;
}

/** Alerts that are not told for a while. Written by requests. */
export interface AlertSilence {
  readonly id: string;
  /** Name of a rule; null: any. */
  readonly rule: string | null;
  /** A subject, or the beginning of subjects when it ends in `*`; null: any. */
  readonly subject: string | null;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: Instant;
  readonly untilAt: Instant;
}

/** Whom alerts go to, besides the console. Its id is a name. Written by requests. */
export interface AlertRoute {
  readonly id: string;
  /** Name of a channel of actions: e-mail or webhook. */
  readonly channel: string;
  /** Mail addresses, or the URL of a webhook. */
  readonly to: readonly string[];
  readonly least: AlertSeverity;
  readonly createdAt: Instant;
}
