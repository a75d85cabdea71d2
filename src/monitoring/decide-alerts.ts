// Which alerts open and close: what is wrong only for a moment opens none, and what is right only for a moment closes none.
import { type AlertFinding, alertId } from './alert-finding.ts';
import type { AlertRule } from './alert-rules.ts';
import type { AlertSnapshot } from './alert-snapshot.ts';

/** What was seen at looks before, by the ids of alerts: since when, on a monotonic clock. */
export interface AlertMemory {
  /** Wrong, and not yet for long enough. */
  readonly wrongSinceMs: ReadonlyMap<string, number>;
  /** Open, and right, but not yet for long enough. */
  readonly rightSinceMs: ReadonlyMap<string, number>;
}

/** What there is to decide on. */
export interface AlertQuestion {
  readonly rules: Readonly<Record<string, AlertRule>>;
  readonly snapshot: AlertSnapshot;
  /** Alerts that are open, of these rules or of others that are no more. */
  readonly open: readonly { readonly id: string; readonly rule: string; readonly subject: string }[];
  readonly memory: AlertMemory;
  readonly nowMs: number;
}

/** What opens and what closes. */
export interface AlertDecision {
  readonly opens: readonly AlertFinding[];
  /** Ids. */
  readonly closes: readonly string[];
  readonly memory: AlertMemory;
}

/** Nothing was seen yet. */
export const NO_MEMORY: AlertMemory = { wrongSinceMs: new Map(), rightSinceMs: new Map() };

/** Decides on all rules. */
export function decideAlerts(question: AlertQuestion): AlertDecision {
  const { rules, open } = question;
  const parts = Object.entries(rules).map(([name, rule]) => decideRule(question, name, rule));
  const known = new Set(Object.keys(rules));
  const orphans = open.filter(({ rule }) => !known.has(rule)).map(({ id }) => id);
  return {
    opens: parts.flatMap(({ opens }) => opens),
    closes: [...parts.flatMap(({ closes }) => closes), ...orphans],
    memory: {
      wrongSinceMs: new Map(parts.flatMap(({ memory }) => [...memory.wrongSinceMs])),
      rightSinceMs: new Map(parts.flatMap(({ memory }) => [...memory.rightSinceMs])),
    },
  };
}

function decideRule({ snapshot, open, memory, nowMs }: AlertQuestion, name: string, rule: AlertRule): AlertDecision {
  const own = open.filter((alert) => alert.rule === name);
  const subjects = new Set(own.map(({ subject }) => subject));
  const found = rule.find(snapshot, (subject) => subjects.has(subject));
  if (found === null) return { opens: [], closes: [], memory: ofRule(memory, name) };
  const findings = found.map((finding) => ({ ...finding, rule: name }));
  const fresh = findings.filter(({ subject }) => !subjects.has(subject));
  const wrong = since(fresh.map(alertId), memory.wrongSinceMs, nowMs);
  const wrongNow = new Set(findings.map(alertId));
  const right = since(
    own.map(({ id }) => id).filter((id) => !wrongNow.has(id)),
    memory.rightSinceMs,
    nowMs,
  );
  return {
    opens: fresh.filter((finding) => nowMs - (wrong.get(alertId(finding)) ?? nowMs) >= rule.afterMs),
    closes: [...right].filter(([, sinceMs]) => nowMs - sinceMs >= rule.overAfterMs).map(([id]) => id),
    memory: { wrongSinceMs: wrong, rightSinceMs: right },
  };
}

function since(ids: readonly string[], before: ReadonlyMap<string, number>, nowMs: number): Map<string, number> {
  return new Map(ids.map((id) => [id, before.get(id) ?? nowMs]));
}

/** What nobody knows now goes on from where it was. */
function ofRule({ wrongSinceMs, rightSinceMs }: AlertMemory, name: string): AlertMemory {
  const own = (map: ReadonlyMap<string, number>) => new Map([...map].filter(([id]) => id.startsWith(`${name}:`)));
  return { wrongSinceMs: own(wrongSinceMs), rightSinceMs: own(rightSinceMs) };
}
