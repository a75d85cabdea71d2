// What is to be thought of a device that was heard of, or not. Pure.
import type { SensorState } from '../model/sensor.ts';

/** What is known of one sensor; times are milliseconds of a monotonic clock. */
export interface SilenceSnapshot {
  readonly state: SensorState;
  readonly reason: string;
  /** What the gate last said of its connection; null: nothing since the platform began to listen. */
  readonly presence: { readonly state: 'online' | 'offline'; readonly reason: string; readonly atMs: number } | null;
  /** When its last reading came that fitted; null: none since the platform began to listen. */
  readonly heardMs: number | null;
  /** When its last reading came that did not fit. */
  readonly misfitMs: number | null;
  /** Since when it could have been heard: the platform listens, the sensor is enabled and open. */
  readonly listeningSinceMs: number;
  /** Readings per second that its type promises; 0: it gives them when it likes. */
  readonly rateHz: number;
}

/** What it is, in a word and a sentence, and when to look again; null: not before something comes. */
export interface SilenceDecision {
  readonly state: SensorState;
  readonly reason: string;
  readonly wakeMs: number | null;
}

/** However fast a sensor is, it is not silent before. */
const LEAST_SILENCE_MS = 5000;
const INTERVALS = 3;

/** After how long without a reading a sensor of a rate is silent; null: never. */
export function silenceMs(rateHz: number): number | null {
  return rateHz > 0 ? Math.max(LEAST_SILENCE_MS, (INTERVALS * 1000) / rateHz) : null;
}

/** Judges one sensor. */
export function decideSilence(snapshot: SilenceSnapshot, nowMs: number): SilenceDecision {
  const { state, presence, heardMs } = snapshot;
  if (presence?.state === 'offline' && (heardMs === null || heardMs <= presence.atMs))
    return { state: 'offline', reason: presence.reason, wakeMs: null };
  const sinceMs = Math.max(heardMs ?? Number.NEGATIVE_INFINITY, presence?.atMs ?? Number.NEGATIVE_INFINITY);
  if (sinceMs === Number.NEGATIVE_INFINITY && state !== 'online')
    return { state, reason: snapshot.reason, wakeMs: null };
  return judged(snapshot, Math.max(sinceMs, snapshot.listeningSinceMs), nowMs);
}

function judged(snapshot: SilenceSnapshot, sinceMs: number, nowMs: number): SilenceDecision {
  const patienceMs = silenceMs(snapshot.rateHz);
  if (patienceMs !== null && nowMs - sinceMs >= patienceMs)
    return { state: 'silent', reason: silenceInWords(snapshot, sinceMs, patienceMs), wakeMs: null };
  const wakeMs = patienceMs === null ? null : sinceMs + patienceMs;
  return { state: 'online', reason: onlineInWords(snapshot), wakeMs };
}

function onlineInWords({ state, reason, heardMs, presence }: SilenceSnapshot): string {
  if (heardMs !== null) return 'its readings come';
  return presence === null && state === 'online' ? reason : (presence?.reason ?? reason);
}

function silenceInWords({ presence, misfitMs, rateHz }: SilenceSnapshot, sinceMs: number, patienceMs: number): string {
  const connected = presence?.state === 'online' ? 'it is connected, but ' : '';
  const waited = `${connected}no reading of it came for ${secondsText(patienceMs)}, and its type promises one every ${secondsText(1000 / rateHz)}`;
  return misfitMs !== null && misfitMs > sinceMs ? `${waited}; what it sends does not fit its type` : waited;
}

function secondsText(ms: number): string {
  return `${Number((ms / 1000).toPrecision(3))} s`;
}
