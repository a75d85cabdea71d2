// The real program as a process of its own: started with `berth up`, spoken to over its API, killed as crashes kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { ApiClient } from '../../../src/cli/api-client.ts';
import { baseImageTar } from '../../world/base-image.ts';
import { endChild } from '../../world/end-child.ts';
import { testEngine } from '../../world/engine.ts';
import { clearPlatform } from '../../world/leftovers.ts';
import { until } from '../../world/until.ts';

const BERTH = join(import.meta.dirname, '..', '..', '..', 'bin', 'berth');
const UP_WITHIN_MS = 60_000;
const DOWN_WITHIN_MS = 30_000;

/** A platform in a directory of its own; the directory outlives the process until `remove`. */
export class BerthProcess {
  readonly directory = mkdtempSync(join(tmpdir(), 'berth-spine-'));
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** By which its containers are known; undefined until it was up. */
  #uid: string | undefined;
  #output = '';

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
  }

  get environment(): Record<string, string> {
    return {
      BERTH_DATA: join(this.directory, 'data'),
      XDG_CONFIG_HOME: this.directory,
      BERTH_PORT: '0',
      BERTH_MQTT_PORT: '0',
      ...this.#settings,
    };
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Starts it; resolves to a client when its API answers. */
  async start(): Promise<ApiClient> {
    const [{ socketPath }, tar] = await Promise.all([testEngine(), baseImageTar()]);
    const environment = { ...process.env, BERTH_DOCKER: socketPath, BERTH_BASE_TAR: tar, ...this.environment };
    const child = spawn(BERTH, ['up', '--quiet'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const told = this.#output.length;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    await until('the platform to be up, or to end', UP_WITHIN_MS, () => {
      return child.exitCode !== null || this.#output.slice(told).includes('Ctrl-C stops Berth') || undefined;
    });
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${this.#output}`);
    const client = await this.client();
    this.#uid = (await client.call('status')).platform;
    return client;
  }

  /** A client with the credentials that the platform has kept for its user. */
  async client(): Promise<ApiClient> {
    return new ApiClient(
      JSON.parse(await readFile(join(this.directory, 'berth', 'credentials.json'), 'utf8')) as {
        url: string;
        token: string;
      },
    );
  }

  /** As a crash would end it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As Ctrl-C would end it. */
  async stop(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** Ends it, and removes everything that it kept, and what it started on the tests' engine: applications go on without their platform. */
  async remove(): Promise<void> {
    await this.#end('SIGKILL');
    if (this.#uid !== undefined)
      await clearPlatform(new Docker({ socketPath: (await testEngine()).socketPath }), this.#uid);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await endChild(child, signal, DOWN_WITHIN_MS);
  }
}
