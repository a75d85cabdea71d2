// One simulated life of a platform, from a seed: faults and wishes for some minutes, then calm. Rules are checked at every write; in the
// calm the platform must come to rest within a bound, and stay at rest.
import { isDeepStrictEqual } from 'node:util';
import type { Slot } from '../../src/model/job.ts';
import { commitProblem } from '../../src/sim/document-rules.ts';
import { doubleProblem } from '../../src/sim/double-containers.ts';
import { quietProblems } from '../../src/sim/quiet-problems.ts';
import { drawScenario, type HostPlan, type Scenario } from '../../src/sim/scenario.ts';
import { WallClock } from '../../src/sim/sim-clock.ts';
import { type Commit, SimDisk } from '../../src/sim/sim-disk.ts';
import { SimHost } from '../../src/sim/sim-host.ts';
import { SimTrace } from '../../src/sim/sim-trace.ts';
import { SimWorld } from '../../src/sim/sim-world.ts';
import { unwantedEndProblem } from '../../src/sim/unwanted-ends.ts';
import { CALM } from '../../src/sim/weather.ts';
import { DecisionBudget } from './decision-budget.ts';
import { makeFault } from './fault-maker.ts';
import { storeApplications } from './first-documents.ts';
import type { Mutation } from './mutation.ts';
import { Operator } from './operator.ts';
import { PlatformLives } from './platform-lives.ts';

/** How a run ended. */
export interface Outcome {
  readonly seed: number;
  /** What was wrong; undefined when nothing was. */
  readonly violation: string | undefined;
  /** Last lines of the trace. */
  readonly lines: readonly string[];
  /** Equal for equal traces. */
  readonly digest: string;
  readonly simulatedMs: number;
  readonly events: number;
  /** Most decisions within one simulated minute. */
  readonly busiestMinute: number;
  /** From the end of the faults until everything was at rest. */
  readonly calmMs: number;
}

/** What may differ from an ordinary run. */
export interface RunOptions {
  readonly mutation?: Mutation;
  /** Given every line of the trace. */
  readonly also?: (line: string) => void;
}

/** A platform without faults is at rest by then: the longest backoffs, a sweep, and what they lead to. */
const REST_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 2000;
/** Reasons of jobs that may change at rest. */
const MOST_RETOLD = 10;
/** More than a sweep and a look of every kind. */
const STILL_FOR_MS = 65_000;

/** Runs a seed. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const run = new SeedRun(seed, options);
  const calmMs = await run.live();
  return run.outcome(calmMs);
}

class SeedRun {
  readonly #seed: number;
  readonly #world: SimWorld;
  readonly #scenario: Scenario;
  readonly #disk = new SimDisk();
  readonly #hosts: ReadonlyMap<string, SimHost>;
  readonly #wall: WallClock;
  readonly #lives: PlatformLives;
  readonly #operator: Operator;
  readonly #budget: DecisionBudget;
  #lastMeaningful = '';
  #lastMeaningfulMs = 0;
  #retold = 0;

  constructor(seed: number, { mutation = {}, also }: RunOptions) {
    this.#seed = seed;
    const world = new SimWorld(`seed ${seed}`, new SimTrace(also));
    this.#world = world;
    this.#scenario = drawScenario(world.random.fork('scenario'));
    const { weather, hosts } = this.#scenario;
    this.#wall = new WallClock(world, 0);
    this.#hosts = new Map(hosts.map((plan) => [plan.address, this.#hostOf(plan)]));
    this.#budget = new DecisionBudget(world);
    const decided = (key: string) => this.#budget.spend(key);
    const [disk, scenario] = [this.#disk, this.#scenario];
    const shared = { world, wall: this.#wall, disk, hosts: this.#hosts, weather, scenario, mutation, decided };
    this.#lives = new PlatformLives(shared);
    this.#operator = new Operator({ world, disk, hosts, platform: () => this.#lives.platform });
  }

  /** Faults and wishes, then calm; gives how long the calm took to bring rest. */
  async live(): Promise<number> {
    storeApplications(this.#disk, this.#scenario.applications);
    this.#disk.onCommit((commit) => this.#judge(commit));
    this.#lives.start();
    this.#planActs();
    await this.#world.pass(this.#scenario.chaosMs);
    this.#becomeCalm();
    const calmMs = await this.#comeToRest();
    await this.#stayAtRest();
    return calmMs;
  }

  outcome(calmMs: number): Outcome {
    const { violation, trace, elapsedMs, events } = this.#world;
    return {
      seed: this.#seed,
      violation: violation?.message,
      lines: trace.lastLines(),
      digest: trace.digest(),
      simulatedMs: elapsedMs,
      events,
      busiestMinute: this.#budget.busiest,
      calmMs,
    };
  }

  #judge(commit: Commit): void {
    if (commit.kind !== 'event') this.#world.tell('store', inWords(commit));
    this.#failIf(commitProblem(this.#disk, commit, this.#scenario));
    if (commit.kind === 'nodeStatus' || commit.kind === 'event') return;
    if (isRetold(commit) && ++this.#retold <= MOST_RETOLD) return;
    this.#lastMeaningful = inWords(commit);
    this.#lastMeaningfulMs = this.#world.elapsedMs;
  }

  #hostOf({ address, cpus, clockOffsetMs }: HostPlan): SimHost {
    const { weather } = this.#scenario;
    return new SimHost({
      ...{ world: this.#world, weather, address, cpus, clockOffsetMs },
      memoryBytes: 16 * 1024 ** 3,
      diskBytes: 100 * 1024 ** 3,
      onStart: (started) => this.#failIf(doubleProblem(this.#hosts.values(), started, this.#world.elapsedMs)),
      onEndAsked: (container) => this.#failIf(unwantedEndProblem(this.#disk, container, this.#wall.now())),
    });
  }

  #failIf(problem: string | undefined): void {
    if (problem) this.#world.fail(problem);
  }

  #planActs(): void {
    const [world, wall, hosts, lives] = [this.#world, this.#wall, this.#hosts, this.#lives];
    for (const { atMs, act } of this.#scenario.wishes) world.schedule(atMs, () => this.#operator.ask(act));
    for (const { atMs, act } of this.#scenario.faults)
      world.schedule(atMs, () => makeFault({ world, wall, hosts, lives }, act));
  }

  /** Faults end, and people end what would go on for ever: schedules that repeat. */
  #becomeCalm(): void {
    this.#world.tell('calm', 'no more faults');
    Object.assign(this.#scenario.weather, CALM);
    for (const host of this.#hosts.values()) host.heal();
    this.#lives.heal();
    this.#endRepeating();
  }

  /** Asked again while there are some: a wish from before may have come late. */
  #endRepeating(): void {
    if (this.#operator.open > 0) return;
    const repeating = this.#disk
      .docs('instance')
      .filter(({ enabled, schedule }) => enabled && schedule.trigger.kind === 'interval');
    for (const { name } of repeating) this.#operator.ask({ do: 'disable', name });
  }

  async #comeToRest(): Promise<number> {
    const beganMs = this.#world.elapsedMs;
    let problems: readonly string[] = [];
    while (this.#world.elapsedMs < beganMs + REST_WITHIN_MS && !this.#world.violation) {
      await this.#world.pass(LOOK_EVERY_MS);
      this.#endRepeating();
      problems = this.#problems();
      if (problems.length === 0) return this.#world.elapsedMs - beganMs;
    }
    this.#world.fail(`not at rest after ${REST_WITHIN_MS / 1000} s without faults: ${problems.slice(0, 8).join('; ')}`);
    return REST_WITHIN_MS;
  }

  async #stayAtRest(): Promise<void> {
    if (this.#world.violation) return;
    const restedMs = this.#world.elapsedMs;
    this.#retold = 0;
    await this.#world.pass(STILL_FOR_MS);
    const problems = this.#problems();
    if (problems.length > 0) this.#world.fail(`at rest, and then not: ${problems.slice(0, 8).join('; ')}`);
    else if (this.#lastMeaningfulMs > restedMs) this.#world.fail(`at rest, and yet: ${this.#lastMeaningful}`);
  }

  #problems(): readonly string[] {
    if (!this.#lives.platform) return ['no platform runs'];
    if (this.#operator.open > 0) return [`${this.#operator.open} wishes have no answer`];
    const { cpuOvercommit } = this.#scenario;
    return quietProblems({ disk: this.#disk, hosts: this.#hosts, cpuOvercommit, now: this.#wall.now() });
  }
}

/** A job of which only the telling is new: what it was told by may have been a minute old. */
function isRetold({ kind, before, after }: Commit): boolean {
  if (kind !== 'jobStatus' || !before || !after) return false;
  const told = (doc: object) => ({ state: Reflect.get(doc, 'state'), tasks: tasksOf(Reflect.get(doc, 'slots')) });
  return isDeepStrictEqual(told(before), told(after));
}

function tasksOf(slots: readonly Slot[]): readonly unknown[] {
  return slots.map(({ state, task, attempt }) => [state, task, attempt]);
}

function inWords({ kind, id, before, after }: Commit): string {
  const act = !before ? 'create' : !after ? 'delete' : 'update';
  return `${act} ${kind} ${id}${after ? details(after) : ''}${before && after ? ` (${changes(before, after)})` : ''}`;
}

function changes(before: object, after: object): string {
  const fields = Object.keys(after).filter(
    (field) => !isDeepStrictEqual(Reflect.get(before, field), Reflect.get(after, field)),
  );
  return fields.join(', ') || 'nothing new';
}

/** The fields by which a reader of a trace follows what goes on. */
const TOLD = ['state', 'enabled', 'removing', 'draining', 'stop', 'open', 'nextAt', 'claim', 'reason'] as const;

function details(doc: object): string {
  const words = TOLD.flatMap((field) => {
    const value: unknown = Reflect.get(doc, field);
    return value === undefined || value === null
      ? []
      : [`${field}=${typeof value === 'object' ? JSON.stringify(value) : value}`];
  });
  return words.length > 0 ? ` ${words.join(' ')}` : '';
}
