// What `berth up` shows while it runs: log lines and events as they come, and on a terminal a status table that stays below them.
import type { AnswerOf } from '../api/contract/answers.ts';
import type { ApiClient } from '../cli/api-client.ts';
import { agoText } from '../cli/person-text.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { plain, textTable } from '../cli/text-table.ts';
import type { Clock } from '../ports/clock.ts';

const REDRAW_MS = 1000;
const JOBS_SHOWN = 8;
/** Logs followed at a time. */
const FOLLOWED = 8;

/** Shows a platform until the surroundings' `leave` aborts. */
export class LiveView {
  readonly #client: ApiClient;
  readonly #surroundings: Surroundings;
  readonly #clock: Clock;
  readonly #following = new Set<string>();
  #footer: readonly string[] = [];
  #atLineStart = true;

  constructor(client: ApiClient, surroundings: Surroundings, clock: Clock) {
    this.#client = client;
    this.#surroundings = surroundings;
    this.#clock = clock;
  }

  /** Resolves when the person leaves. */
  async run(): Promise<void> {
    const views = [this.#followEvents(), this.#surroundings.terminal ? this.#redraw() : undefined];
    await Promise.all(views);
  }

  async #followEvents(): Promise<void> {
    const { leave } = this.#surroundings;
    const { items } = await this.#client.call('listJobs', { query: { open: 'true', limit: FOLLOWED } });
    for (const { id } of items) this.#followLog(id);
    for await (const { event, data } of this.#client.stream('followEvents', { signal: leave })) {
      if (event !== 'event') continue;
      const happened = data as AnswerOf<'listEvents'>['items'][number];
      this.#print(`${happened.kind.padEnd(16)} ${happened.text}`);
      if (happened.kind === 'job.starting' || happened.kind === 'job.running')
        this.#followLog(happened.subject.slice('job:'.length));
    }
  }

  #followLog(job: string): void {
    if (this.#following.has(job) || this.#following.size >= FOLLOWED) return;
    this.#following.add(job);
    void this.#pumpLog(job)
      .catch((error: unknown) => this.#print(`The log of ${job} cannot be shown: ${String(error)}`))
      .finally(() => this.#following.delete(job));
  }

  async #pumpLog(job: string): Promise<void> {
    const call = { params: { subject: job }, query: { since: '1m' }, signal: this.#surroundings.leave };
    for await (const { event, data } of this.#client.stream('followLog', call)) {
      if (event === 'end') return;
      const { task, data: bytes } = data as { readonly task: string; readonly data: string };
      for (const line of Buffer.from(bytes, 'base64').toString().trimEnd().split('\n'))
        this.#print(`${shortTask(task)} | ${line}`);
    }
  }

  async #redraw(): Promise<void> {
    const { leave } = this.#surroundings;
    while (!leave.aborted) {
      await this.#refresh();
      await new Promise<void>((resolve) => {
        this.#clock.after(REDRAW_MS, resolve);
        leave.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#erase();
  }

  async #refresh(): Promise<void> {
    const [status, jobs, nodes] = await Promise.all([
      this.#client.call('status'),
      this.#client.call('listJobs', { query: { limit: JOBS_SHOWN } }),
      this.#client.call('listNodes'),
    ]);
    const now = this.#surroundings.now();
    const columns = [
      { heading: 'JOB' },
      { heading: 'STATE' },
      { heading: 'NODE' },
      { heading: 'STARTED' },
      { heading: 'REASON' },
    ];
    const rows = jobs.items.map((job) => [
      job.id,
      job.state,
      job.nodes.join(','),
      agoText(job.startedAt, now),
      job.reason,
    ]);
    const fleet = nodes.items
      .map(({ id, state, load }) => `${id} ${state}${load ? ` ${load.harmonic.toFixed(2)}` : ''}`)
      .join('  ');
    this.#erase();
    this.#footer = [
      '',
      `Berth ${status.version} · ${this.#surroundings.credentials.url} · nodes: ${fleet}`,
      ...textTable(columns, rows, this.#surroundings.columns),
    ];
    this.#draw();
  }

  #print(line: string): void {
    this.#erase();
    this.#surroundings.out.write(`${plain(line)}\n`);
    this.#draw();
  }

  #draw(): void {
    if (this.#footer.length === 0) return;
    this.#surroundings.out.write(`${this.#footer.map(plainFooter).join('\n')}\n`);
    this.#atLineStart = false;
  }

  /** Cursor up and erase below (ECMA-48 CUU and ED). */
  #erase(): void {
    if (this.#atLineStart) return;
    this.#surroundings.out.write(`\u001b[${this.#footer.length}A\u001b[J`);
    this.#atLineStart = true;
  }
}

function plainFooter(line: string): string {
  return line === '' ? '' : plain(line);
}

function shortTask(task: string): string {
  const [instance = task, , slot = '0'] = task.split('.');
  return `${instance}[${slot}]`;
}
