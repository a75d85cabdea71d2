// What a configurer may ask of instances: create one from an instance file, enable, disable, remove it. The scheduler does the rest.

import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { decideNewInstance } from './decide-new-instance.ts';
import { findInstanceContext } from './instance-context-reads.ts';
import type { ScheduleFaults } from './instance-file-faults.ts';
import { instanceInvalid } from './instance-invalid.ts';
import type { InstanceJudge } from './instance-judge.ts';
import { claimInstanceName, holdsInstanceName } from './instance-name.ts';
import { findInstance } from './instance-reads.ts';
import { readInstanceFile, type SentInstanceFile, withLines } from './read-instance-file.ts';
import { dependentsOf, namesFor } from './upstream-reads.ts';

/** What instances are made with. */
export interface InstanceParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly record: RecordEvent;
  /** What the scheduler finds wrong with a schedule. */
  readonly scheduleFaults: ScheduleFaults;
  /** What whoever asks may know and do; absent: all. */
  readonly judge?: InstanceJudge;
}

const NAMED_INSTANCES = 10;

/** Creates an instance as its file says. @throws instance.invalid with every problem, instance.name-taken, request.not-found */
export async function createInstance(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  const instance = await planInstance(parts, sent);
  await claimInstanceName(parts, instance);
  await parts.store.create('instance', instance);
  await confirmInstance(parts.store, instance);
  await recordChange(parts, instance, 'created');
  return instance;
}

/** Lets an instance run by its schedule again, from now on. @throws request.not-found, instance.removing */
export async function enableInstance(parts: InstanceParts, reference: string): Promise<Instance> {
  return changeInstance(parts, reference, 'enabled', (before, now) => {
    if (before.removing) throw new BerthError('instance.removing', { name: before.name });
    return before.enabled ? before : { ...before, enabled: true, enabledAt: now };
  });
}

/** Makes no new jobs of an instance until it is enabled; the job of a continuous one ends. @throws request.not-found */
export async function disableInstance(parts: InstanceParts, reference: string): Promise<Instance> {
  return changeInstance(parts, reference, 'disabled', (before) =>
    before.enabled ? { ...before, enabled: false } : before,
  );
}

/** Sends an instance on its way out: the scheduler ends its jobs and then forgets it. @throws request.not-found, instance.needed */
export async function removeInstance(parts: InstanceParts, reference: string): Promise<Instance> {
  const { id, name } = await findInstance(parts.store, reference);
  const dependents = await namesFor(await dependentsOf(parts.store, id), parts.judge);
  if (dependents.length > 0) throw new BerthError('instance.needed', { name, dependents: shortList(dependents) });
  return changeInstance(parts, reference, 'removing', (before) =>
    before.removing ? before : { ...before, enabled: false, removing: true },
  );
}

/** The instance that a file would make; nothing is kept. @throws instance.invalid with every problem */
export function planInstance(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  return withLines(sent, () => plan(parts, sent));
}

async function plan(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  const file = readInstanceFile(sent);
  const context = await findInstanceContext(parts, file, { fileName: sent.name, id: null });
  const decided = decideNewInstance(file, `${file.name}-${parts.random.id(6)}`, context, parts.clock.now());
  if ('problems' in decided) throw instanceInvalid(decided.problems);
  return decided.instance;
}

function shortList(names: readonly string[]): string {
  const more = names.length - NAMED_INSTANCES;
  return `${names.slice(0, NAMED_INSTANCES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

// Between the two documents somebody else may have taken the name over, or removed the application: then this instance never was.
async function confirmInstance(store: Store, instance: Instance): Promise<void> {
  const hasName = await holdsInstanceName(store, instance);
  const application = await store.get('application', instance.application);
  if (hasName && application) return;
  await withdraw(store, instance, hasName);
  if (!hasName) throw nameTaken(instance.name);
  throw new BerthError('request.not-found', { what: 'app', id: instance.application });
}

async function withdraw(store: Store, { id, name }: Instance, hasName: boolean): Promise<void> {
  const stored = await store.get('instance', id);
  if (stored) await deleteUnlessChanged(store, 'instance', id, stored.version);
  const held = await store.get('instanceName', name);
  if (hasName && held?.doc.instance === id) await deleteUnlessChanged(store, 'instanceName', name, held.version);
}

async function deleteUnlessChanged(
  store: Store,
  kind: 'instance' | 'instanceName',
  id: string,
  version: number,
): Promise<void> {
  try {
    await store.delete(kind, id, version);
  } catch (error) {
    // Somebody has changed it by name in the instant that it was there; what they asked stands.
    if (!(error instanceof StoreConflict)) throw error;
  }
}

async function changeInstance(
  parts: InstanceParts,
  reference: string,
  what: 'enabled' | 'disabled' | 'removing',
  change: (before: Instance, now: Instant) => Instance,
): Promise<Instance> {
  const found = await findInstance(parts.store, reference);
  let isChanged = false;
  const changed = await changeDocument(parts.store, 'instance', found.id, (before) => {
    if (!before) throw new BerthError('request.not-found', { what: 'instance', id: reference });
    const after = change(before, parts.clock.now());
    isChanged = after !== before;
    // The scheduler tells by it that the instance was written, so it never stays the same.
    return isChanged ? { ...after, updatedAt: Math.max(parts.clock.now(), before.updatedAt + 1) } : before;
  });
  if (isChanged) await recordChange(parts, changed, what);
  return changed;
}

const WORDS = {
  created: 'was created',
  enabled: 'was enabled',
  disabled: 'was disabled',
  removing: 'is being removed',
} as const;

async function recordChange({ record }: InstanceParts, instance: Instance, what: keyof typeof WORDS): Promise<void> {
  await record({
    kind: `instance.${what}`,
    subject: `instance:${instance.id}`,
    application: instance.application,
    text: `The instance ${instance.name} ${WORDS[what]}`,
    evidence: { algorithm: instance.algorithm, package: instance.package },
  });
}

function nameTaken(name: string): BerthError {
  return new BerthError('instance.name-taken', { name });
}
