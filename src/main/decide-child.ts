// What the supervisor does with one component, from what it knows of it. Times are of a clock that never jumps, milliseconds.

/** How a component is seen to go on: its loop beats every second, it answers when it is asked, or it just has not ended. */
export type WatchWay = 'beats' | 'answers' | 'end';

/** What is known of one component at one look. */
export interface ChildSnapshot {
  /**
   * Digest of the description that is wanted; null: it is to end, because its file is gone or the supervisor ends; undefined: nobody
   * knows, because files cannot be read.
   */
  readonly wanted: string | null | undefined;
  /** Its process; null: none runs. */
  readonly process: {
    /** Digest of the description with which it was started. */
    readonly startedAs: string;
    readonly watch: WatchWay;
    /** Without a sign of life, in time in which the supervisor itself was on time. */
    readonly silentMs: number;
    /** Whether it ever gave one. */
    readonly hasBeaten: boolean;
    /** When it was asked to end; null: not. */
    readonly askedToEndMs: number | null;
  } | null;
  /** When its processes ended by themselves or had to be killed, oldest first. */
  readonly deathsMs: readonly number[];
}

/** What is to be done now. */
export type ChildStep = 'nothing' | 'start' | 'ask-to-end' | 'kill' | 'kill-blocked' | 'forget';

/** Silence after which it is held to be blocked, by how it is watched. */
const BLOCKED_AFTER_MS: Readonly<Record<WatchWay, number>> = { beats: 10_000, answers: 60_000, end: Infinity };
/** Until the first sign: a machine that has just been switched on takes its time, and a broker may read all that it keeps before it answers. */
const FIRST_WITHIN_MS: Readonly<Record<WatchWay, number>> = { beats: 90_000, answers: Infinity, end: Infinity };
const END_WITHIN_MS = 30_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 60_000;
/** Deaths that are further back do not count. */
const COUNTED_MS = 300_000;
/** One that died so often within that time keeps dying. */
const OFTEN = 5;

/** Decides for one component. */
export function decideChild(child: ChildSnapshot, nowMs: number): ChildStep {
  const { wanted, process } = child;
  if (wanted === undefined) return 'nothing';
  if (!process) return withoutProcess(child, nowMs);
  const { watch, silentMs, hasBeaten, askedToEndMs } = process;
  if (askedToEndMs !== null) return nowMs - askedToEndMs >= END_WITHIN_MS ? 'kill' : 'nothing';
  if (silentMs >= (hasBeaten ? BLOCKED_AFTER_MS : FIRST_WITHIN_MS)[watch]) return 'kill-blocked';
  return wanted === process.startedAs ? 'nothing' : 'ask-to-end';
}

function withoutProcess({ wanted, deathsMs }: ChildSnapshot, nowMs: number): ChildStep {
  if (wanted === null) return 'forget';
  return nowMs >= startNotBeforeMs(deathsMs, nowMs) ? 'start' : 'nothing';
}

/** Deaths that count at a time. */
export function recentDeaths(deathsMs: readonly number[], nowMs: number): readonly number[] {
  return deathsMs.filter((at) => nowMs - at < COUNTED_MS);
}

/** When it may be started again: at once the first time, then after a wait that doubles with each death that counts. */
export function startNotBeforeMs(deathsMs: readonly number[], nowMs: number): number {
  const recent = recentDeaths(deathsMs, nowMs);
  const last = recent.at(-1);
  if (last === undefined) return 0;
  return last + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(recent.length - 1, 20));
}

/** Whether it keeps dying, so that a person or another machine should take over. */
export function keepsDying(deathsMs: readonly number[], nowMs: number): boolean {
  return recentDeaths(deathsMs, nowMs).length >= OFTEN;
}
