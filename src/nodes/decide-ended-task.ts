// What remains to be done for a task that is over: its container is kept for a while, then removed; one that still runs, because
// its node came back after the task was given up, is stopped.
import type { Instant } from '../model/instant.ts';
import type { TaskStatus } from '../model/task.ts';
import type { ContainerView } from '../ports/machine.ts';
import { evidenceDueAt } from './evidence-due.ts';
import { stopGraceMs } from './stop-grace.ts';
import type { StatusChange, TaskDecision, TaskSnapshot, TaskStep } from './task-step.ts';

/** How soon an act that was asked for is looked at again when no event comes. */
const LOOK_AGAIN_MS = 1000;
const AWAY_MS = 30_000;
/** Beyond its time a container is kept this much longer when what is left of it cannot be had. */
const INSIST_MS = 600_000;

/** The steps after an end. */
export function decideEndedTask(snapshot: TaskSnapshot, status: TaskStatus, now: Instant): TaskDecision {
  const { node, container } = snapshot;
  if (node === 'forgotten') return forgotten(status);
  if (node === 'away' || container === 'unknown') return away(status, now);
  if (container === 'none') return gone(snapshot, status, now);
  if (!snapshot.containerIsOurs || container.state === 'created') return remove(['remove'], 'Its container never ran.');
  if (container.state === 'exited' || container.state === 'dead') return keepOrRemove(snapshot, status, now);
  return stopReturned(snapshot, status, container, now);
}

function settled(why: string): TaskDecision {
  return { steps: [], wakeAt: null, why };
}

function record(change: StatusChange): TaskStep {
  return { do: 'record', change };
}

function forgotten(status: TaskStatus): TaskDecision {
  if (status.nextAt === null) return settled('It is over and its node is gone.');
  const container = status.container === 'kept' ? 'removed' : status.container;
  return {
    steps: [record({ container, nextAt: null })],
    wakeAt: null,
    why: 'Its node is gone, and its container with it.',
  };
}

function away(status: TaskStatus, now: Instant): TaskDecision {
  if (status.nextAt === null) return settled('It is over and nothing of it is left.');
  return { steps: [], wakeAt: now + AWAY_MS, why: 'Its container is looked at when its node is reached again.' };
}

/** A volume can outlive its container; removing again removes it. */
function gone(snapshot: TaskSnapshot, status: TaskStatus, now: Instant): TaskDecision {
  if (status.nextAt === null) return settled('It is over and nothing of it is left.');
  if (status.container === 'none')
    return { steps: [record({ nextAt: null })], wakeAt: null, why: 'It never had a container.' };
  // One that was due to go was removed by us, and the process ended before that was recorded.
  if (status.container === 'removed' || status.containerId === null || now >= keptUntil(snapshot, status, now))
    return remove(['remove'], 'Its container is gone.');
  const why = "Its container was removed behind the platform's back (docker rm).";
  const isGathered = status.nextAt !== evidenceDueAt(status.endedAt ?? now);
  return remove(isGathered ? ['remove'] : ['collect', 'remove'], why, { reason: `${status.reason} ${why}` });
}

function remove(
  acts: readonly ('collect' | 'gather' | 'remove')[],
  why: string,
  more: StatusChange = {},
): TaskDecision {
  const steps: readonly TaskStep[] = acts.map((act) => ({ do: act }));
  return { steps: [...steps, record({ container: 'removed', nextAt: null, ...more })], wakeAt: null, why };
}

function keepOrRemove(snapshot: TaskSnapshot, status: TaskStatus, now: Instant): TaskDecision {
  const keepUntilAt = keptUntil(snapshot, status, now);
  const lastTry = now >= keepUntilAt + INSIST_MS ? 'collect' : 'gather';
  if (now >= keepUntilAt) return remove([lastTry, 'remove'], 'Its container was kept long enough.');
  const why = 'Its container is kept for a while, then removed.';
  if (status.container === 'kept' && status.nextAt === keepUntilAt) return { steps: [], wakeAt: keepUntilAt, why };
  const dueAt = evidenceDueAt(status.endedAt ?? now);
  if (status.nextAt === dueAt && now < dueAt) return { steps: [], wakeAt: dueAt, why: 'Its successor starts first.' };
  const steps: readonly TaskStep[] = [{ do: 'collect' }, record({ container: 'kept', nextAt: keepUntilAt })];
  return { steps, wakeAt: keepUntilAt, why };
}

function keptUntil({ settings }: TaskSnapshot, { endedAt }: TaskStatus, now: Instant): Instant {
  return (endedAt ?? now) + settings.keepEndedMs;
}

function stopReturned(
  snapshot: TaskSnapshot,
  status: TaskStatus,
  container: ContainerView,
  now: Instant,
): TaskDecision {
  const lookAt = now + LOOK_AGAIN_MS;
  if (container.state === 'removing') return { steps: [], wakeAt: lookAt, why: 'Its container is being removed.' };
  const why = `It is over (${status.state}), but its container runs and is stopped.`;
  if (status.killAt === null) {
    const killAt = now + stopGraceMs(snapshot.task);
    const steps: readonly TaskStep[] = [
      { do: 'signal', signal: 'SIGTERM' },
      record({ killAt, container: 'kept', nextAt: killAt }),
    ];
    return { steps, wakeAt: killAt, why };
  }
  if (now < status.killAt) return { steps: [], wakeAt: status.killAt, why };
  return { steps: [{ do: 'signal', signal: 'SIGKILL' }], wakeAt: lookAt, why };
}
