// When each job passed which point on its way from due to assigned, as one process saw it. Processes of one machine share its clock.
import type { WatchedStore } from '../src/engine/watched-store.ts';
import type { Job } from '../src/model/job.ts';
import type { Ledger } from '../src/model/node.ts';
import type { Task } from '../src/model/task.ts';
import type { Bus, Handle, Topic } from '../src/ports/bus.ts';
import { wallNow } from './wall-clock.ts';

/** Points on the way of a job, in their order. */
export const POINTS = ['stored', 'heard', 'delivered', 'reserved', 'assigned'] as const;

/** `stored`: the job is durable. `heard`: another process was told of its document. `delivered`: the deploy request came. `reserved`: the node's ledger
 * is durable. `assigned`: the task is. */
export type Point = (typeof POINTS)[number];

const JOB = 'job/';

/** By point and job, milliseconds since the epoch. */
export type Hops = Readonly<Record<Point, Readonly<Record<string, number>>>>;

/** Notes the first time that each job passes each point. */
export class HopTrace {
  readonly #at = new Map<Point, Map<string, number>>(POINTS.map((point) => [point, new Map()]));

  /** Of each node, how many reservations its ledger had when it was written last. */
  readonly #reservations = new Map<string, number>();

  /** Notes what is written through a store. */
  watch(store: WatchedStore): void {
    store.onWrittenHere((kind, id, doc) => {
      if (kind === 'job' && (doc as Job).open === 1) this.#note('stored', id);
      if (kind === 'task') this.#note('assigned', (doc as Task).job);
      if (kind === 'ledger') this.#noteReserved(doc as Ledger);
    });
  }

  /** A bus on which it is noted when deploy requests and news of jobs are delivered. */
  bus(of: Bus): Bus {
    const noting =
      <T extends Topic>(topic: T, handler: Handle<T>): Handle<T> =>
      (delivery) => {
        if (topic === 'berth.deploy.requests') this.#note('delivered', delivery.key);
        if (topic === 'berth.changes' && delivery.key.startsWith(JOB))
          this.#note('heard', delivery.key.slice(JOB.length));
        return handler(delivery);
      };
    return {
      publish: (topic, key, message) => of.publish(topic, key, message),
      subscribe: (topic, group, handler) => of.subscribe(topic, group, noting(topic, handler)),
      follow: (topic, handler) => of.follow(topic, noting(topic, handler)),
      share: (role, assigned) => of.share(role, assigned),
      lag: () => of.lag(),
      close: () => of.close(),
    };
  }

  /** How many jobs have passed a point. */
  count(point: Point): number {
    return this.#at.get(point)?.size ?? 0;
  }

  /** All that was noted; it is forgotten here. */
  take(): Hops {
    const hops = Object.fromEntries([...this.#at].map(([point, jobs]) => [point, Object.fromEntries(jobs)])) as Hops;
    for (const jobs of this.#at.values()) jobs.clear();
    return hops;
  }

  /** New reservations stand last. */
  #noteReserved({ id, reservations }: Ledger): void {
    for (const { job } of reservations.slice(this.#reservations.get(id) ?? 0)) this.#note('reserved', job);
    this.#reservations.set(id, reservations.length);
  }

  #note(point: Point, job: string): void {
    const jobs = this.#at.get(point);
    if (jobs && !jobs.has(job)) jobs.set(job, wallNow());
  }
}
