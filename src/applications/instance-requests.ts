// What a configurer may ask of instances: create one from an instance file, enable, disable, remove it. The scheduler does the rest.

import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BerthError, type Problem } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Package } from '../model/package.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { findPackage } from './application-reads.ts';
import { decideNewInstance } from './decide-new-instance.ts';
import { type InstanceFile, instanceFileSchema } from './instance-file-schema.ts';
import { claimInstanceName, holdsInstanceName } from './instance-name.ts';
import { findInstance } from './instance-reads.ts';
import { parseJsonFile } from './json-text.ts';
import { readBySchema } from './schema-problems.ts';
import { shortened } from './shortened.ts';

/** What instances are made with. */
export interface InstanceParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly record: RecordEvent;
}

/** An instance file as it was sent: its bytes, or the value that a program has read from it. */
export interface SentInstanceFile {
  /** What problems call it. */
  readonly name: string;
  readonly contents: Uint8Array | { readonly value: unknown };
}

const NAMED_APPLICATIONS = 20;

/** Creates an instance as its file says. @throws instance.invalid with every problem, instance.name-taken, request.not-found */
export async function createInstance(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  const instance = await planInstance(parts, sent);
  await claimInstanceName(parts, instance);
  await parts.store.create('instance', instance);
  await confirmInstance(parts.store, instance);
  await recordChange(parts, instance, 'created');
  return instance;
}

/** Checks an instance file like `createInstance`, its name included, and keeps nothing. @throws what createInstance does */
export async function checkInstance(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  const instance = await planInstance(parts, sent);
  const holder = await parts.store.get('instanceName', instance.name);
  if (holder && (await parts.store.get('instance', holder.doc.instance))) throw nameTaken(instance.name);
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

/** Sends an instance on its way out: the scheduler ends its jobs and then forgets it. @throws request.not-found */
export async function removeInstance(parts: InstanceParts, reference: string): Promise<Instance> {
  return changeInstance(parts, reference, 'removing', (before) =>
    before.removing ? before : { ...before, enabled: false, removing: true },
  );
}

async function planInstance(parts: InstanceParts, sent: SentInstanceFile): Promise<Instance> {
  const file = readFile(sent);
  const target = await findTarget(parts.store, file, sent.name);
  const id = `${file.name}-${parts.random.id(6)}`;
  const decided = decideNewInstance(file, { fileName: sent.name, id, target }, parts.clock.now());
  if ('problems' in decided) throw invalid(decided.problems);
  return decided.instance;
}

function readFile({ name, contents }: SentInstanceFile): InstanceFile {
  const { value, problems } =
    'value' in contents ? { value: contents.value, problems: [] } : parseJsonFile(name, contents);
  if (value === undefined) throw invalid(problems.length > 0 ? problems : [emptyFile(name)]);
  const reading = readBySchema(instanceFileSchema, name, value);
  if ('problems' in reading) throw invalid([...problems, ...reading.problems]);
  if (problems.length > 0) throw invalid(problems);
  return reading.value;
}

async function findTarget(
  store: Store,
  file: InstanceFile,
  fileName: string,
): Promise<{ package: Package } | { problems: Problem[] }> {
  if (!(await store.get('application', file.application))) {
    const found = shortened(file.application);
    return { problems: [{ file: fileName, path: '$.application', found, expected: await knownApplications(store) }] };
  }
  try {
    return { package: await findPackage(store, file.application, file.package) };
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    const expected = `"current", or a package of ${file.application}: ${error.message}`;
    return { problems: [{ file: fileName, path: '$.package', found: shortened(file.package), expected }] };
  }
}

async function knownApplications(store: Store): Promise<string> {
  const { items, next } = await store.list('application', { limit: NAMED_APPLICATIONS });
  if (items.length === 0) return 'an application; none was pushed yet';
  return `one of the applications ${items.map(({ doc }) => doc.id).join(', ')}${next === undefined ? '' : ', …'}`;
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

function invalid(problems: readonly Problem[]): BerthError {
  return new BerthError('instance.invalid', { count: problems.length, path: problems[0]?.path ?? '' }, { problems });
}

function emptyFile(name: string): Problem {
  return { file: name, path: '', found: 'nothing', expected: 'an instance file' };
}

function nameTaken(name: string): BerthError {
  return new BerthError('instance.name-taken', { name });
}
