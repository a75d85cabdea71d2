// Something that is wrong, as a rule found it.
import type { AlertSeverity } from '../model/alert.ts';

/** What an alert tells. */
export interface AlertFinding {
  readonly rule: string;
  /** Key of what it is about. */
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly text: string;
  readonly remedy: string;
}

/** The id of the alert on it: what goes on is one alert. */
export function alertId({ rule, subject }: Pick<AlertFinding, 'rule' | 'subject'>): string {
  return `${rule}:${subject}`;
}
