// Applying an instance file: whoever is named in it is made as it says, or made to be as it says.
import { changeExisting } from '../engine/change-document.ts';
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import { StoreConflict } from '../ports/store.ts';
import { decideChangedInstance } from './decide-changed-instance.ts';
import { findInstanceContext } from './instance-context-reads.ts';
import type { InstanceContext } from './instance-file-faults.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import { instanceInvalid } from './instance-invalid.ts';
import { findInstance } from './instance-reads.ts';
import { createInstance, type InstanceParts, planInstance } from './instance-requests.ts';
import { readInstanceFile, type SentInstanceFile, withLines } from './read-instance-file.ts';
import { findUpstream } from './upstream-reads.ts';

/** What became of a file that was applied, with the fields that changed. */
export interface Applied {
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly changes: readonly string[];
  readonly instance: Instance;
}

/** Creates the instance that a file names, or changes it. @throws what createInstance and updateInstance do */
export async function applyInstance(parts: InstanceParts, sent: SentInstanceFile): Promise<Applied> {
  const named = await instanceNamed(parts, readInstanceFile(sent).name);
  if (named) return updateInstance(parts, named.id, sent);
  return { outcome: 'created', changes: [], instance: await createInstance(parts, sent) };
}

/** The instance that a file would make, or make of the one that it names; nothing is kept. @throws instance.invalid with every problem */
export function draftInstance(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  return withLines(sent, () => draft(parts, sent));
}

async function draft(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  const file = readInstanceFile(sent);
  const before = await instanceNamed(parts, file.name);
  if (!before) return planInstance(parts, sent);
  const context = await findInstanceContext(parts, file, { fileName: sent.name, id: before.id });
  const decided = decideChangedInstance(file, before, context, parts.clock.now());
  if ('problems' in decided) throw instanceInvalid(decided.problems);
  return decided.instance;
}

/** One that whoever asks does not see is none to them: its name is taken, as they are told when they want it. */
async function instanceNamed({ store, judge }: InstanceParts, name: string): Promise<Instance | undefined> {
  const held = await store.get('instanceName', name);
  const named = held && (await store.get('instance', held.doc.instance))?.doc;
  if (!named || (judge && !(await judge.sees(named.application)))) return undefined;
  await judge?.require(named.application);
  return named;
}

/** Changes an instance to what its newer file says. @throws instance.invalid with every problem, instance.removing, request.not-found */
export function updateInstance(parts: InstanceParts, reference: string, sent: SentInstanceFile): Promise<Applied> {
  return withLines(sent, () => update(parts, reference, sent));
}

async function update(parts: InstanceParts, reference: string, sent: SentInstanceFile): Promise<Applied> {
  const { id } = await findInstance(parts.store, reference);
  const file = readInstanceFile(sent);
  const place = { fileName: sent.name, id };
  const context = await findInstanceContext(parts, file, place);
  const { former, instance, changes } = await writeChange(parts, id, file, context);
  if (changes.length === 0) return { outcome: 'unchanged', changes, instance };
  const { problems } = await findUpstream(parts.store, {
    ...place,
    name: file.name,
    schedule: file.schedule,
    judge: parts.judge,
  });
  if (problems.length > 0) await putBack(parts, instance, former);
  if (problems.length > 0) throw instanceInvalid(problems);
  await recordChanged(parts, instance, changes);
  return { outcome: 'changed', changes, instance };
}

interface Change {
  readonly former: Instance;
  readonly instance: Instance;
  readonly changes: readonly string[];
}

async function writeChange(
  { store, clock }: InstanceParts,
  id: string,
  file: InstanceFile,
  context: InstanceContext,
): Promise<Change> {
  let told: Change | undefined;
  const instance = await changeExisting(store, 'instance', id, (before) => {
    if (before.removing) throw new BerthError('instance.removing', { name: before.name });
    const now = Math.max(clock.now(), before.updatedAt + 1);
    const decided = decideChangedInstance(file, before, context, now);
    if ('problems' in decided) throw instanceInvalid(decided.problems);
    const after = decided.changes.length === 0 ? before : { ...decided.instance, updatedAt: now };
    told = { former: before, instance: after, changes: decided.changes };
    return after;
  });
  return told ?? { former: instance, instance, changes: [] };
}

// Two that were changed at once can come to wait for each other, though neither saw it before: then neither is changed.
async function putBack({ store, clock }: InstanceParts, written: Instance, former: Instance): Promise<void> {
  const stored = await store.get('instance', written.id);
  if (stored?.doc.updatedAt !== written.updatedAt) return;
  const updatedAt = Math.max(clock.now(), written.updatedAt + 1);
  try {
    await store.update('instance', { ...former, updatedAt }, stored.version);
  } catch (error) {
    // Somebody has changed it since; what they asked was judged by itself.
    if (!(error instanceof StoreConflict)) throw error;
  }
}

async function recordChanged({ record }: InstanceParts, instance: Instance, changes: readonly string[]): Promise<void> {
  await record({
    kind: 'instance.changed',
    subject: `instance:${instance.id}`,
    application: instance.application,
    text: `The instance ${instance.name} was changed: ${changes.join(', ')}`,
    evidence: { changes: changes.join(', ') },
  });
}
