// What a person does with the platform and sees of it, in words that tests use.

import type { z } from 'zod';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { logFrameView } from '../../../src/api/contract/views.ts';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';

type Detail = AnswerOf<'showJob'>;
type Frame = z.output<typeof logFrameView>;

/** Restarts that do not make a test wait. */
export const QUICK = { runsPerTask: 3, tasks: 2, backoff: '200ms', maxBackoff: '1s', stableAfter: '60s' };

/** A person at the platform. */
export class Story {
  client: ApiClient;

  constructor(client: ApiClient) {
    this.client = client;
  }

  /** Adds a server as a node, its key confirmed, and waits until it is ready and measured. */
  addNode(server: Server, labels: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.#addNode(server, { labels, identity: server.identityPath });
  }

  /** The same for a platform whose machines have the tests' key nowhere: the server lets the platform's own key in. */
  async addNodeByOwnKey(server: Server, labels: Readonly<Record<string, string>>): Promise<string> {
    const { publicKey } = await this.client.call('nodeKey', {});
    await server.run(['sed', '-i', `$a ${publicKey}`, '/root/.ssh/authorized_keys']);
    return this.#addNode(server, { labels });
  }

  async #addNode(
    server: Server,
    more: { readonly labels: Readonly<Record<string, string>>; readonly identity?: string },
  ): Promise<string> {
    const place = { address: `ssh://root@${server.address}`, name: server.name, hostKey: server.hostKeyLine };
    await this.client.call('addNode', { body: { ...place, ...more } });
    await this.nodeIs(server.name, ({ state, load }) => state === 'ready' && load !== null);
    return server.name;
  }

  nodeIs(node: string, fits: (view: AnswerOf<'showNode'>) => boolean): Promise<AnswerOf<'showNode'>> {
    return this.#seen(`node ${node}`, 30_000, () => this.client.call('showNode', { params: { node } }), fits);
  }

  async create(name: string, algorithm: string, over: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.client.call('createInstance', {
      body: { name, application: 'probe', algorithm, schedule: { kind: 'now' }, ...over },
    });
  }

  async jobs(instance: string): Promise<AnswerOf<'listJobs'>['items']> {
    return (await this.client.call('listJobs', { query: { instance, limit: 1000 } })).items;
  }

  /** The latest job of an instance, once it is as asked. */
  async jobOf(instance: string, fits: (job: Detail) => boolean, withinMs = 60_000): Promise<Detail> {
    const ask = async () => {
      const [latest] = await this.jobs(instance);
      return latest && this.client.call('showJob', { params: { job: latest.id } });
    };
    return this.#seen(`the job of ${instance}`, withinMs, ask, fits);
  }

  running(instance: string, withinMs?: number): Promise<Detail> {
    return this.jobOf(
      instance,
      ({ state, slots, tasks }) =>
        state === 'running' &&
        slots.every((slot) => tasks.some((task) => task.id === slot.task && task.state === 'running')),
      withinMs,
    );
  }

  ended(instance: string): Promise<Detail> {
    return this.jobOf(instance, ({ endedAt }) => endedAt !== null);
  }

  async outputs(job: string): Promise<AnswerOf<'listOutputs'>['items']> {
    return (await this.client.call('listOutputs', { params: { job }, query: { limit: 1000 } })).items;
  }

  /** The JSON that a job gave under a name. */
  async json(job: string, name: string): Promise<Record<string, unknown>> {
    const found = await this.#seen(
      `output ${name} of ${job}`,
      20_000,
      async () => (await this.outputs(job)).find((output) => output.name === name),
      () => true,
    );
    return JSON.parse(found.text ?? 'null') as Record<string, unknown>;
  }

  async frames(subject: string): Promise<Frame[]> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.client.open('readLog', { params: { subject } })) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Frame);
  }

  async bytes(subject: string, stream: 'stdout' | 'stderr'): Promise<Buffer> {
    const frames = await this.frames(subject);
    return Buffer.concat(
      frames.filter((frame) => frame.stream === stream).map(({ data }) => Buffer.from(data, 'base64')),
    );
  }

  async text(subject: string): Promise<string> {
    return (await this.bytes(subject, 'stdout')).toString();
  }

  async stop(job: string): Promise<void> {
    await this.client.call('stopJob', { params: { job }, body: { reason: '' } });
  }

  async #seen<T>(
    what: string,
    withinMs: number,
    ask: () => Promise<T | undefined>,
    fits: (value: T) => boolean,
  ): Promise<T> {
    let last: T | undefined;
    return until(what, withinMs, async () => {
      last = await ask();
      if (last !== undefined && fits(last)) return last;
      throw new Error(JSON.stringify(last));
    });
  }
}
