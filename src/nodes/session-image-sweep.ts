// Makes room on a node: removes images of the platform that it does not need, and under disk pressure has the containers of ended
// tasks go before their time.
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import { taskEnded } from '../model/task.ts';
import type { ImageView, Machine } from '../ports/machine.ts';
import { decideImageSweep } from './decide-image-sweep.ts';
import type { SessionParts } from './session-parts.ts';
import { openStatuses } from './session-sweep.ts';

const PAGE = 500;
/** Tasks of one node that are looked through for what it used lately. */
const MOST_TASKS = 5000;

/** The node whose images are swept. */
export interface ImageSweepOf {
  readonly node: string;
  readonly machine: Machine;
  readonly isUnderPressure: boolean;
}

/** One sweep of a node's images. */
export async function sessionImageSweep(parts: SessionParts, of: ImageSweepOf): Promise<void> {
  const { node, machine, isUnderPressure } = of;
  if (isUnderPressure) await wakeKept(parts, node);
  const images = await machine.listImages(`berth.platform=${parts.platformUid}`);
  if (images.length === 0) return;
  const spare = decideImageSweep({
    images,
    inUse: await packagesInUse(parts, node),
    usedLately: await packagesUsedLately(parts, node),
    current: await currentPackages(parts, images),
    isUnderPressure,
  });
  const removed: string[] = [];
  try {
    for (const image of spare) await remove(machine, image, removed);
  } finally {
    if (removed.length > 0) await tell(parts, node, removed, isUnderPressure);
  }
}

/** Under pressure an ended task's container is not kept: its task removes it when it looks. */
async function wakeKept(parts: SessionParts, node: string): Promise<void> {
  for await (const { id, state } of pages(parts.store, 'taskStatus', {
    where: { node, container: 'kept' },
    limit: PAGE,
  }))
    if (taskEnded(state)) parts.wake(`task:${id}`);
}

async function packagesInUse(parts: SessionParts, node: string): Promise<ReadonlySet<string>> {
  const open = await openStatuses(parts, node);
  const tasks = await parts.store.getMany(
    'task',
    open.map(({ id }) => id),
  );
  return new Set(tasks.map(({ doc }) => doc.package));
}

/** A task that was just assigned may have no status yet: it is among the latest. */
async function packagesUsedLately(parts: SessionParts, node: string): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  const from = parts.clock.now() - parts.settings.imageSweep.unusedForMs;
  const query = { where: { node }, orderBy: 'createdAt', direction: 'descending', from, limit: PAGE } as const;
  let seen = 0;
  for await (const task of pages(parts.store, 'task', query)) {
    used.add(task.package);
    if (++seen >= MOST_TASKS) break;
  }
  return used;
}

async function currentPackages(parts: SessionParts, images: readonly ImageView[]): Promise<ReadonlySet<string>> {
  const names = new Set(images.map(({ labels }) => labels['berth.application'] ?? ''));
  const applications = await parts.store.getMany('application', [...names]);
  return new Set(applications.map(({ doc }) => doc.currentPackage));
}

/** Notes the names that are gone; one that a container still uses stays until the next sweep. */
async function remove(machine: Machine, image: ImageView, removed: string[]): Promise<void> {
  const names = image.tags.length > 0 ? image.tags : [image.id];
  for (const name of names) {
    try {
      await machine.removeImage(name);
      removed.push(name);
    } catch (error) {
      if (!(error instanceof BerthError) || error.code !== 'machine.image-in-use') throw error;
    }
  }
}

function tell(parts: SessionParts, node: string, removed: readonly string[], isUnderPressure: boolean): Promise<void> {
  const why = isUnderPressure ? 'because its disk is almost full' : 'because no task used them for a while';
  return parts.recordEvent({
    kind: 'node.images-collected',
    subject: `node:${node}`,
    text: `${removed.length} images were removed from node ${node} ${why}: ${removed.slice(0, 10).join(', ')}.`,
    evidence: { images: removed.length, isUnderPressure },
  });
}
