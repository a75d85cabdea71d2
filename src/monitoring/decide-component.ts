// The judgement on one process of the platform, from how long nothing came from it on our own monotonic clock.

/** What is known of a component at one look. */
export interface SeenComponent {
  /** Milliseconds without a new heartbeat, in which we ourselves looked on time. */
  readonly silenceMs: number;
  /** Whether a heartbeat came since we began to look: what was there before says nothing of now. */
  readonly wasHeard: boolean;
  /** It said that it ends. */
  readonly isStopping: boolean;
  /** Since when it counts as lost, milliseconds; null: it does not. */
  readonly lostForMs: number | null;
}

/** `forget`: nobody needs to know of it any more. */
export type ComponentVerdict = 'well' | 'back' | 'silent' | 'lost' | 'forget';

/** Six heartbeats: the loop of a busy process on a small machine may stand for a second or two. */
export const LOST_AFTER_MS = 15_000;
/** A process that said that it ends has no more to say, unless it hangs at that. */
const STOPPED_AFTER_MS = 60_000;
/** Who was away for so long is not expected any more. */
const FORGET_AFTER_MS = 86_400_000;

/** Decides what a component is. */
export function decideComponent({ silenceMs, wasHeard, isStopping, lostForMs }: SeenComponent): ComponentVerdict {
  const isSilent = silenceMs >= LOST_AFTER_MS;
  if (isStopping && silenceMs >= STOPPED_AFTER_MS) return 'forget';
  if (lostForMs !== null) {
    if (wasHeard && !isSilent) return 'back';
    return isSilent && lostForMs >= FORGET_AFTER_MS ? 'forget' : 'silent';
  }
  if (isStopping) return 'silent';
  return isSilent ? 'lost' : 'well';
}
