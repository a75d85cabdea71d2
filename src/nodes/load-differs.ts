// When a load is worth storing before its time.
import type { NodeLoad } from '../model/node.ts';

/** A change of CPU or memory, as a fraction, that placement should hear of at once. */
const NOTICEABLE = 0.05;

/** Whether a load differs noticeably from the one that is stored. */
export function loadDiffers(stored: NodeLoad | null, load: NodeLoad): boolean {
  if (!stored) return true;
  return Math.abs(stored.cpu - load.cpu) > NOTICEABLE || Math.abs(stored.memory - load.memory) > NOTICEABLE;
}
