// Instances that run after jobs of others: which ones a file names, whether they wait for each other in a circle, and who waits for one.
import { pages } from '../engine/shard-sweep.ts';
import type { Problem } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Store } from '../ports/store.ts';
import type { InstanceJudge } from './instance-judge.ts';
import type { ScheduleFile } from './schedule-file-schema.ts';
import { schedulePath } from './schedule-of.ts';
import { shortened } from './shortened.ts';

/** The instances that a file's `after` triggers name: their ids by those names, or what is wrong with the names. */
export interface Upstream {
  readonly ids: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** The instance whose file names others; `id` is null until it exists. */
export interface Downstream {
  readonly fileName: string;
  readonly name: string;
  readonly id: string | null;
  readonly schedule: ScheduleFile;
  /** What whoever sent the file may know; absent: all. */
  readonly judge?: InstanceJudge | undefined;
}

const NAMED_INSTANCES = 20;
const LOOKED_AT = 200;
const MOST_WALKED = 10_000;

/** Looks up the instances that a file names, and follows what they wait for. */
export async function findUpstream(store: Store, downstream: Downstream): Promise<Upstream> {
  const ids = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [index, trigger] of downstream.schedule.triggers.entries()) {
    if (trigger.kind !== 'after') continue;
    const fault = await lookUp(store, downstream, trigger.instance, ids);
    const path = schedulePath(downstream.schedule, `triggers[${index}].instance`);
    if (fault) problems.push({ file: downstream.fileName, path, ...fault });
  }
  return { ids, problems };
}

type Fault = Pick<Problem, 'found' | 'expected'>;

async function lookUp(
  store: Store,
  { id, name, judge }: Downstream,
  wanted: string,
  ids: Map<string, string>,
): Promise<Fault | undefined> {
  if (wanted === name || wanted === id) return circle([name, name]);
  const found = await findPresent(store, wanted);
  const isSeen = found && (!judge || (await judge.sees(found.application)));
  if (!isSeen) return { found: shortened(wanted), expected: await knownInstances(store, judge) };
  ids.set(wanted, found.id);
  const way = id === null ? undefined : await wayTo(store, found, id);
  return way && circle([name, ...(await namesFor(way, judge)), name]);
}

/** Instances by their names, as far as whoever asks sees them. */
export async function namesFor(instances: readonly Instance[], judge: InstanceJudge | undefined): Promise<string[]> {
  const seen = await Promise.all(instances.map(({ application }) => judge?.sees(application) ?? true));
  return instances.map(({ name }, index) => (seen[index] ? name : 'one of another project'));
}

function circle(names: readonly string[]): Fault {
  return { found: `a circle: ${names.join(' → ')}`, expected: 'an instance that does not wait for this one' };
}

async function findPresent(store: Store, reference: string): Promise<Instance | undefined> {
  const held = await store.get('instanceName', reference);
  const found = (await store.get('instance', held?.doc.instance ?? reference))?.doc;
  return found?.removing ? undefined : found;
}

async function knownInstances(store: Store, judge: InstanceJudge | undefined): Promise<string> {
  const { items, next } = await store.list('instance', { orderBy: 'createdAt', limit: LOOKED_AT });
  const seen = await Promise.all(items.map(({ doc }) => judge?.sees(doc.application) ?? true));
  const names = items.filter((_, index) => seen[index]).map(({ doc }) => doc.name);
  if (names.length === 0) return 'the name of another instance; there is none yet';
  const isMore = next !== undefined || names.length > NAMED_INSTANCES;
  return `one of the instances ${names.slice(0, NAMED_INSTANCES).join(', ')}${isMore ? ', …' : ''}`;
}

/** The way from an instance to the one that it, in the end, waits for; undefined when it does not. */
async function wayTo(store: Store, from: Instance, wanted: string): Promise<readonly Instance[] | undefined> {
  const seen = new Set([from.id]);
  const ways: { readonly instance: Instance; readonly all: readonly Instance[] }[] = [{ instance: from, all: [from] }];
  for (let way = ways.pop(); way && seen.size < MOST_WALKED; way = ways.pop()) {
    const next = upstreamIds(way.instance);
    if (next.includes(wanted)) return way.all;
    const fresh = next.filter((id) => !seen.has(id));
    for (const { doc } of await store.getMany('instance', fresh)) {
      seen.add(doc.id);
      ways.push({ instance: doc, all: [...way.all, doc] });
    }
  }
  return undefined;
}

function upstreamIds({ schedule }: Pick<Instance, 'schedule'>): string[] {
  return schedule.triggers.flatMap((trigger) => (trigger.kind === 'after' ? [trigger.instance] : []));
}

/** The instances that run after jobs of this one. */
export async function dependentsOf(store: Store, id: string): Promise<readonly Instance[]> {
  const dependents: Instance[] = [];
  for await (const instance of pages(store, 'instance', { orderBy: 'createdAt', limit: 1000 })) {
    if (!instance.removing && instance.id !== id && upstreamIds(instance).includes(id)) dependents.push(instance);
  }
  return dependents;
}

/** What instances that this one waits for are called, by their ids. */
export async function upstreamNames(
  store: Store,
  instances: readonly Instance[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(instances.flatMap(upstreamIds))];
  const found = ids.length === 0 ? [] : await store.getMany('instance', ids);
  return new Map(found.map(({ doc }) => [doc.id, doc.name]));
}
