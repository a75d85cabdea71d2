// What happened to the machine under a node, as people read it: made from its status before and after. Pure.
import type { EventText } from '../engine/event-recorder.ts';
import type { NodeStatus } from '../model/node.ts';
import type { RecoveryTry, ServerStatus } from '../model/server.ts';

const STEPS: Readonly<Record<RecoveryTry['act'], string>> = {
  'restart-engine': 'restarting its Docker engine',
  'power-cycle': 'switching its power off and on',
  replace: 'putting a new machine in its place',
  retire: 'removing it',
};

/** The events of one change. */
export function recoveryEvents(
  before: ServerStatus,
  after: ServerStatus,
  nodeStatus: NodeStatus | null,
): readonly EventText[] {
  const evidence = {
    node: nodeStatus?.state ?? null,
    trouble: nodeStatus?.trouble ?? null,
    found: nodeStatus?.reason ?? null,
    machine: after.machine?.state ?? null,
    tries: after.tries.length,
  };
  const subject = `node:${after.id}`;
  const texts = [
    ...ended(before, after),
    ...machineWord(before, after),
    ...begun(before, after),
    ...state(before, after),
  ];
  return texts.map(({ kind, text, more }) => ({ kind, subject, text, evidence: { ...evidence, ...more } }));
}

interface Told {
  readonly kind: string;
  readonly text: string;
  readonly more?: NonNullable<EventText['evidence']>;
}

function ended(before: ServerStatus, after: ServerStatus): readonly Told[] {
  const last = before.tries.at(-1);
  const now = after.tries.find(({ actId }) => actId === last?.actId);
  if (last?.outcome !== 'under-way' || !now || now.outcome === 'under-way') return [];
  const text = `Node ${after.id}: ${STEPS[now.act]} ${OUTCOMES[now.outcome]}. ${now.text}`;
  const tookMs = (now.endedAt ?? now.at) - now.at;
  return [{ kind: `server.step-${now.outcome}`, text, more: { step: now.act, act: now.actId, tookMs } }];
}

const OUTCOMES = { done: 'is done', failed: 'failed', unknown: 'has an unknown outcome' } as const;

function machineWord(before: ServerStatus, after: ServerStatus): readonly Told[] {
  if (after.machine === null || before.machine?.state === after.machine.state) return [];
  if (before.machine === null && after.machine.state === 'running') return [];
  const text = `Node ${after.id}: its provider says that the machine is ${after.machine.state}.`;
  return [{ kind: 'server.machine', text, more: { before: before.machine?.state ?? null } }];
}

function begun(before: ServerStatus, after: ServerStatus): readonly Told[] {
  const last = after.tries.at(-1);
  const isNew = last?.outcome === 'under-way' && last.actId !== before.tries.at(-1)?.actId;
  if (!isNew) return [];
  const text = `Node ${after.id}: ${STEPS[last.act]}. ${last.text}`;
  return [{ kind: 'server.step', text, more: { step: last.act, act: last.actId } }];
}

/** Steps tell of themselves; a node that merely flickered says so with its own events. */
function state(before: ServerStatus, after: ServerStatus): readonly Told[] {
  const isTold = after.state !== before.state && after.state !== 'acting' && after.state !== 'watching';
  const isNews = after.state !== 'well' || before.state !== 'watching' || after.tries.length > 0;
  if (!isTold || !isNews) return [];
  return [{ kind: `server.${after.state}`, text: `Node ${after.id}: ${after.reason}`, more: { before: before.state } }];
}
