// Empty slots that are due get their next task, on the node that the load balancer chooses. Pure.
import type { Instant } from '../model/instant.ts';
import type { DecisionDraft } from './decision-draft.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import { lacksSecrets } from './secret-gate.ts';
import { sensorGate } from './sensor-gate.ts';
import type { SlotPlacer } from './slot-placer.ts';

/** Fills the slots of a draft that are due, as far as there is room. */
export function fillSlots(snapshot: JobSnapshot, draft: DecisionDraft, placer: SlotPlacer, now: Instant): void {
  const { job, image } = snapshot;
  if (sensorGate(snapshot) !== 'open' || lacksSecrets(snapshot)) return;
  if (image?.state !== 'ready' || job.stop !== null || (job.endsAt !== null && job.endsAt <= now)) return;
  for (const slot of [...draft.slots]) {
    if (slot.state !== 'empty' || (slot.notBefore ?? 0) > now || placer.isFull) continue;
    const placement = placer.placement(slot);
    if (placement.chosen === null) {
      draft.slots[slot.index] = { ...slot, placement, notBefore: null };
      continue;
    }
    draft.slots[slot.index] = placer.fill(slot, placement, placement.chosen);
    const text = `copy ${slot.index} goes to ${placement.chosen}: ${placement.sentence}`;
    draft.notes.push({ at: now, text });
  }
}
