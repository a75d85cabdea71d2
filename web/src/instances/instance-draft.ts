// An instance file while somebody writes it: what the form shows and changes. Fields that the form does not know stay as they are.

/** One trigger as the file says it. */
export interface TriggerDraft {
  readonly kind: string;
  readonly at?: string | undefined;
  readonly every?: string | undefined;
  readonly expression?: string | undefined;
  readonly instance?: string | undefined;
  readonly on?: string | undefined;
}

/** One window as the file says it. */
export interface WindowDraft {
  readonly days: string | readonly string[];
  readonly from: string;
  readonly to: string;
}

/** What bounds all triggers of a schedule. */
export interface BoundsDraft {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly duration?: string | undefined;
  readonly zone?: string | undefined;
  readonly windows?: readonly WindowDraft[] | undefined;
  readonly calendars?: readonly string[] | undefined;
  readonly jitter?: string | undefined;
}

/** A schedule: one trigger inline, or a list of them. */
export type ScheduleDraft = BoundsDraft &
  Partial<TriggerDraft> & { readonly triggers?: readonly TriggerDraft[] | undefined };

/** What a name is bound to: ids, or a query. */
export type WishDraft =
  | readonly string[]
  | { readonly location?: string | undefined; readonly tags?: readonly string[] | undefined };

/** Wishes by the names in the code. */
export type WishesDraft = Readonly<Record<string, WishDraft>>;

/** The bindings of a file. */
export interface BindingsDraft {
  readonly sensors?: WishesDraft | undefined;
  readonly controls?: WishesDraft | undefined;
  readonly missing?: string | undefined;
}

/** A policy: a word, or an object with its bounds. */
export type PolicyDraft =
  | string
  | { readonly policy: string; readonly max?: number | undefined; readonly maxAge?: string | undefined };

/** An instance file. */
export interface InstanceDraft {
  readonly name?: string | undefined;
  readonly application?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly package?: string | undefined;
  readonly schedule?: ScheduleDraft | undefined;
  readonly missed?: PolicyDraft | undefined;
  readonly overlap?: PolicyDraft | undefined;
  readonly priority?: number | undefined;
  readonly lead?: string | undefined;
  readonly copies?: number | undefined;
  readonly machine?: string | undefined;
  readonly place?:
    | { readonly labels?: Readonly<Record<string, string>> | undefined; readonly location?: string | undefined }
    | undefined;
  readonly parameters?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly bindings?: BindingsDraft | undefined;
  readonly secrets?: readonly string[] | undefined;
  readonly notify?: readonly string[] | undefined;
  readonly actions?:
    | {
        readonly perHour?: Readonly<Record<string, number>> | undefined;
        readonly quiet?: { readonly from: string; readonly to: string } | undefined;
      }
    | undefined;
  readonly resources?: Readonly<Record<string, number>> | undefined;
  readonly restart?: Readonly<Record<string, string | number>> | undefined;
  readonly grace?: string | undefined;
}

/** How a part of the form changes the file. */
export type ChangeDraft = (part: Partial<InstanceDraft>) => void;

/** The triggers of a schedule, however it says them. */
export function triggersOf(schedule: ScheduleDraft | undefined): readonly TriggerDraft[] {
  if (!schedule) return [];
  if (schedule.triggers) return schedule.triggers;
  const { kind, at, every, expression, instance, on } = schedule;
  return kind === undefined ? [] : [{ kind, at, every, expression, instance, on }];
}

/** A schedule with other triggers: one stands inline, several in a list. `now` has no bounds but a duration. */
export function withTriggers(schedule: ScheduleDraft | undefined, triggers: readonly TriggerDraft[]): ScheduleDraft {
  const { start, end, duration, zone, windows, calendars, jitter } = schedule ?? {};
  const [only, ...others] = triggers;
  if (only?.kind === 'now' && others.length === 0) return { ...only, duration };
  const bounds = { start, end, duration, zone, windows, calendars, jitter };
  return only && others.length === 0 ? { ...only, ...bounds } : { triggers, ...bounds };
}

/** Their values may be empty, and say something. */
const VALUES: ReadonlySet<string> = new Set(['parameters', 'environment']);

/** The file as it is written: empty parts are left out, because they say nothing. */
export function fileOf(draft: InstanceDraft): string {
  return `${JSON.stringify(pruned(draft) ?? {}, null, 2)}\n`;
}

function pruned(value: unknown): unknown {
  if (value === '') return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => pruned(item) ?? item);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const whole = VALUES.has(key) && Object.keys(inner ?? {}).length > 0 ? inner : pruned(inner);
    return whole === undefined ? [] : [[key, whole] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
