// One process of a platform of several: started with `berth serve`, killed, paused and ended as such processes are.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../../src/cli/api-client.ts';
import { baseImageTar } from '../../world/base-image.ts';
import { endChild } from '../../world/end-child.ts';
import { until } from '../../world/until.ts';

const BERTH = join(import.meta.dirname, '..', '..', '..', 'bin', 'berth');
const UP_WITHIN_MS = 60_000;
const DOWN_WITHIN_MS = 60_000;

/** A process with a directory of its own, which outlives it until `remove`. */
export class RoleProcess {
  readonly name: string;
  readonly directory: string;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(name: string, settings: Readonly<Record<string, string>>) {
    this.name = name;
    this.directory = mkdtempSync(join(tmpdir(), `berth-${name}-`));
    this.#settings = settings;
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Takes the keys of the platform from one of its processes, as whoever sets machines up would hand them out. */
  takeKeys({ directory }: RoleProcess): void {
    mkdirSync(join(this.directory, 'data'), { mode: 0o700 });
    cpSync(join(directory, 'data', 'keys'), join(this.directory, 'data', 'keys'), { recursive: true });
  }

  /** Starts it; resolves when it serves. */
  async start(): Promise<void> {
    const environment = {
      ...process.env,
      BERTH_DATA: join(this.directory, 'data'),
      XDG_CONFIG_HOME: this.directory,
      BERTH_BASE_TAR: await baseImageTar(),
      BERTH_DOCKER: '',
      BERTH_BLOBS: 'store',
      BERTH_COMPONENT: this.name,
      BERTH_PORT: '0',
      BERTH_MQTT_PORT: '0',
      ...this.#settings,
    };
    const child = spawn(BERTH, ['serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const told = this.#output.length;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    await until(`${this.name} to run, or to end`, UP_WITHIN_MS, () => {
      return !this.isRunning || this.#output.slice(told).includes(`${this.name} runs on`) || undefined;
    });
    if (!this.isRunning) throw new Error(`${this.name} ended with ${child.exitCode}: ${this.#output}`);
  }

  /** The token that it made at the platform's first start. */
  async token(): Promise<string> {
    const text = await readFile(join(this.directory, 'berth', 'credentials.json'), 'utf8');
    return (JSON.parse(text) as { token: string }).token;
  }

  /** A client at this process. */
  client(token: string): ApiClient {
    const url = [...this.#output.matchAll(/runs on .*: (http\S+)/g)].at(-1)?.[1] ?? '';
    return new ApiClient({ url, token });
  }

  /** What it has written into its log. */
  log(): Promise<string> {
    return readFile(join(this.directory, 'data', 'berth.log'), 'utf8');
  }

  /** As a crash would end it. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** As whoever supervises it would. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Nothing of it moves until `resume`. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it, and removes everything that it kept. */
  async remove(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await endChild(child, signal, DOWN_WITHIN_MS);
  }
}
