// Tickers on the fleet, which count aloud and give every fifth number as output: what they show of what was lost and doubled.
import { expect } from 'vitest';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { ON_FLEET, type Site } from './site.ts';

/** Something that happens to a server for a while. */
export interface PassingBlow {
  readonly what: string;
  readonly strike: (server: Server) => Promise<void>;
  readonly mend: (server: Server) => Promise<void>;
}

/** The tickers of a site. */
export class Tickers {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  /** One that runs, and where. */
  async begin(name: string, over: object = {}) {
    await this.#site.story.create(name, 'ticker', { ...ON_FLEET, ...over });
    const { id, tasks } = await this.#site.story.running(name);
    const [task] = tasks;
    if (!task) throw new Error(`${id} runs without a task`);
    return { id, task, at: this.#site.server(task.node) };
  }

  async end(instance: string, job: string): Promise<void> {
    await this.#site.story.stop(job);
    await this.#site.story.ended(instance);
  }

  /** One goes on through a blow, its log whole and its output delivered once. */
  async expectGoesThrough({ what, strike, mend }: PassingBlow): Promise<void> {
    const { story } = this.#site;
    const name = what.replaceAll(/[^a-z]+/gi, '-').toLowerCase();
    // Nobody else may take it: it waits for its node, and is still there when that is back.
    const { id, task, at } = await this.begin(name, { place: { labels: { number: '0' } } });
    await until('a few ticks', 20_000, async () => (await this.#ticks(task.id)).length > 20 || undefined);
    await strike(at);
    await story.nodeIs(at.name, ({ state }) => state === 'lost');
    const before = (await this.#ticks(task.id)).at(-1) ?? 0;
    await mend(at);
    await story.nodeIs(at.name, ({ state }) => state === 'ready');
    await until('later ticks', 30_000, async () => (await this.#ticks(task.id)).length > before + 50 || undefined);
    await until('later output', 30_000, async () => Math.max(...(await this.#given(id))) > before + 20 || undefined);
    const job = await story.client.call('showJob', { params: { job: id } });
    expect(job.tasks.map(({ state }) => state)).toEqual(['running']);
    await this.end(name, id);
    const ticks = await this.#ticks(task.id);
    expect(ticks).toEqual(ticks.map((_, index) => index + 1));
    const given = (await this.#given(id)).toSorted((a, b) => a - b);
    expect(given).toEqual(given.map((_, index) => 5 * (index + 1)));
  }

  /** The numbers in its log, in their order. */
  async #ticks(task: string): Promise<readonly number[]> {
    const text = await this.#site.story.text(task);
    return [...text.matchAll(/^tick (\d+) /gm)].map(([, number]) => Number(number));
  }

  /** The numbers that it gave as output. */
  async #given(job: string): Promise<readonly number[]> {
    return (await this.#site.story.outputs(job)).map(({ text }) => Number(text?.split(':')[1]));
  }
}
