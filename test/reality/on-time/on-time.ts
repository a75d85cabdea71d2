// A site whose jobs are brought ahead of their time: what tests of it do with them, and how late they may be.
import { beforeAll, expect } from 'vitest';
import { until } from '../../world/until.ts';
import { ON_FLEET, type Site, siteOf } from '../spine/site.ts';
import type { Story } from '../spine/story.ts';
import { pushPunctual } from './punctual.ts';

/** How long before its time a container is brought. */
export const LEAD_MS = 20_000;
/** How late a line may come on a machine that has other things to do; what is reached on a quiet one is the bench's matter. */
const LATE_MS = 2000;

/** A job whose container waits for its time. */
export type Waiting = Awaited<ReturnType<OnTime['waiting']>>;

/** Two servers that have the image, from before the first test of a file until after its last. */
export class OnTime {
  readonly site: Site = siteOf(2);

  constructor() {
    beforeAll(async () => {
      await pushPunctual(this.story.client);
      // The image is brought to both servers before anything is to be in time.
      await this.story.create('warm', 'once', { application: 'punctual', ...ON_FLEET, copies: 2 });
      await this.story.ended('warm');
    }, 360_000);
  }

  get story(): Story {
    return this.site.story;
  }

  async kill(): Promise<void> {
    await this.site.platform.kill();
  }

  async startAgain(): Promise<void> {
    this.story.client = await this.site.platform.start();
  }

  /** An instance whose job is to begin in a while; resolves when its container waits. */
  async waiting(name: string, algorithm: string, schedule: Readonly<Record<string, unknown>> = {}) {
    const at = new Date(Date.now() + LEAD_MS).toISOString();
    const own = { application: 'punctual', lead: `${LEAD_MS}ms`, schedule: { kind: 'once', at, ...schedule } };
    await this.story.create(name, algorithm, { ...ON_FLEET, ...own });
    const waits = ({ reason, tasks }: { reason: string; tasks: readonly { state: string }[] }) =>
      reason.includes('container waits for') && tasks[0]?.state === 'running';
    const job = await this.story.jobOf(name, waits, LEAD_MS);
    expect([job.state, job.startsAt, job.startedAt]).toEqual(['starting', at, null]);
    const task = job.tasks[0];
    if (!task) throw new Error(`${job.id} has no task`);
    return { id: job.id, at: Date.parse(at), container: this.site.server(task.node).docker.getContainer(task.id) };
  }

  /** How many jobs an instance has, and how many containers this one. */
  async counts(name: string, { id }: Waiting): Promise<readonly [number, number]> {
    return [(await this.story.jobs(name)).length, (await this.site.containersOf(id)).length];
  }

  /** What its algorithm has printed, by its engine alone. */
  async printed({ container }: Waiting): Promise<string> {
    return (await container.logs({ stdout: true, stderr: true })).toString();
  }

  /** Its engine's word on how it ended. */
  exited({ container }: Waiting, withinMs: number) {
    return until('its container to end', withinMs, async () => {
      const { State } = await container.inspect();
      return State.Running ? undefined : State;
    });
  }

  /** It began once, not before its time and hardly after it. */
  expectOnTime(began: readonly number[], { at }: Waiting): void {
    expect(began).toHaveLength(1);
    expect(began[0]).toBeGreaterThanOrEqual(at);
    expect(began[0]).toBeLessThan(at + LATE_MS);
  }
}
