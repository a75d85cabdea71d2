// One simulated life of a platform, from a seed: faults and wishes for some minutes, then calm. Rules are checked at every write; in the
// calm the platform must come to rest within a bound, and stay at rest.
import { isDeepStrictEqual } from 'node:util';
import { jobEnded, type Slot } from '../../src/model/job.ts';
import type { Kind } from '../../src/model/kinds.ts';
import { commitProblem } from '../../src/sim/document-rules.ts';
import { doubleProblem } from '../../src/sim/double-containers.ts';
import { doubleWorkProblem } from '../../src/sim/double-work.ts';
import { drawScenario } from '../../src/sim/draw-scenario.ts';
import { Overlaps } from '../../src/sim/overlaps.ts';
import { lastQuarantineEnd, type QuietView, quietProblems } from '../../src/sim/quiet-problems.ts';
import { RecoveryRules } from '../../src/sim/recovery-rules.ts';
import type { HostPlan, Scenario } from '../../src/sim/scenario.ts';
import { WallClock } from '../../src/sim/sim-clock.ts';
import { SimCloud } from '../../src/sim/sim-cloud.ts';
import type { SimContainer } from '../../src/sim/sim-container.ts';
import { type Commit, SimDisk } from '../../src/sim/sim-disk.ts';
import { SimFleet } from '../../src/sim/sim-fleet.ts';
import { SimHost } from '../../src/sim/sim-host.ts';
import { SimTrace } from '../../src/sim/sim-trace.ts';
import { SimWorld } from '../../src/sim/sim-world.ts';
import { unwantedEndProblem } from '../../src/sim/unwanted-ends.ts';
import { CALM } from '../../src/sim/weather.ts';
import { calmWishes } from './calm-wishes.ts';
import { commitWords } from './commit-words.ts';
import { DecisionBudget } from './decision-budget.ts';
import { makeFault } from './fault-maker.ts';
import { PROVIDER, storeApplications, storeProvider, storeSensors } from './first-documents.ts';
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
/** Each job of a queue that is over gives the next one so much more: to be placed, to run, and to end. */
const AFTER_JOB_MS = 60_000;
/** What a quarantine held up is done by then after its end. */
const AFTER_QUARANTINE_MS = 90_000;
const LOOK_EVERY_MS = 2000;
/** Writes that say nothing new and may come at rest. */
const MOST_RETOLD = 10;
/** Signs of life, and what is renewed or forgotten by the clock. */
const ALWAYS_WRITTEN: ReadonlySet<Kind> = new Set([
  ...(['nodeStatus', 'event', 'lease', 'serverStatus', 'machineOrder', 'recoveryBudget'] as const),
]);
/** More than a sweep and a look of every kind. */
const STILL_FOR_MS = 65_000;
/** Whoever orders machines more often than that does not come to rest. */
const MOST_RESTS = 4;

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
  readonly #overlaps: Overlaps;
  readonly #fleet: SimFleet;
  readonly #cloud: SimCloud | undefined;
  readonly #wall: WallClock;
  readonly #lives: PlatformLives;
  readonly #operator: Operator;
  readonly #recoveryRules: RecoveryRules;
  readonly #budget: DecisionBudget;
  #lastMeaningful = '';
  #lastMeaningfulMs = 0;
  #retold = 0;

  constructor(seed: number, { mutation = {}, also }: RunOptions) {
    this.#seed = seed;
    const world = new SimWorld(`seed ${seed}`, new SimTrace(also));
    this.#world = world;
    this.#scenario = drawScenario(world.random.fork('scenario'));
    const { weather, hosts, cloud } = this.#scenario;
    this.#wall = new WallClock(world, 0);
    this.#fleet = new SimFleet((address) => this.#hostOf({ address, cpus: cloud?.cpus ?? 1, clockOffsetMs: 0 }));
    for (const plan of hosts) this.#fleet.hosts.set(plan.address, this.#hostOf(plan));
    this.#cloud = cloud ? new SimCloud(world, PROVIDER, this.#fleet) : undefined;
    if (this.#cloud && cloud) this.#fleet.belongsTo(this.#cloud, cloud.machines);
    this.#budget = new DecisionBudget(world);
    const decided = (key: string) => this.#budget.spend(key);
    const [disk, scenario] = [this.#disk, this.#scenario];
    const around = { world, wall: this.#wall, disk, hosts: this.#fleet.hosts, cloud: this.#cloud };
    const shared = { ...around, weather, scenario, mutation, decided };
    this.#lives = new PlatformLives(shared);
    const hasTwoOwners = scenario.faults.some(({ act }) => act.do === 'second-owner');
    this.#overlaps = new Overlaps(disk, hasTwoOwners);
    this.#recoveryRules = new RecoveryRules({
      ...{ world, disk, replacementsPerHour: cloud?.replacementsPerHour ?? 0 },
      isSoleOwner: !hasTwoOwners,
    });
    this.#operator = new Operator({ world, disk, hosts, platform: () => this.#lives.platform });
  }

  /** Faults and wishes, then calm; gives how long the calm took to bring rest. */
  async live(): Promise<number> {
    storeApplications(this.#disk, this.#scenario.applications);
    storeSensors(this.#disk);
    if (this.#scenario.cloud) storeProvider(this.#disk, this.#scenario.cloud);
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
    if (commit.kind !== 'event') this.#world.tell('store', commitWords(commit));
    this.#failIf(commitProblem(this.#disk, commit, { ...this.#scenario, overlaps: this.#overlaps }));
    this.#failIf(this.#recoveryRules.problem(commit));
    if (ALWAYS_WRITTEN.has(commit.kind)) return;
    if (isRetold(commit) && ++this.#retold <= MOST_RETOLD) return;
    this.#lastMeaningful = commitWords(commit);
    this.#lastMeaningfulMs = this.#world.elapsedMs;
  }

  #hostOf({ address, cpus, clockOffsetMs }: Pick<HostPlan, 'address' | 'cpus' | 'clockOffsetMs'>): SimHost {
    const { weather } = this.#scenario;
    return new SimHost({
      ...{ world: this.#world, weather, address, cpus, clockOffsetMs },
      memoryBytes: 16 * 1024 ** 3,
      diskBytes: 100 * 1024 ** 3,
      onStart: (started) => this.#judgeStart(started),
      onWork: (working) => this.#failIf(doubleWorkProblem(this.#fleet.hosts.values(), working)),
      onEndAsked: (container) => this.#failIf(unwantedEndProblem(this.#disk, container, this.#wall.now())),
    });
  }

  #judgeStart(started: SimContainer): void {
    const { elapsedMs } = this.#world;
    this.#failIf(doubleProblem(this.#fleet.hosts.values(), started, { elapsedMs, overlaps: this.#overlaps }));
  }

  #failIf(problem: string | undefined): void {
    if (problem) this.#world.fail(problem);
  }

  #planActs(): void {
    const [world, wall, lives] = [this.#world, this.#wall, this.#lives];
    const parts = { world, wall, lives, fleet: this.#fleet, cloud: this.#cloud };
    for (const { atMs, act } of this.#scenario.wishes) world.schedule(atMs, () => this.#operator.ask(act));
    for (const { atMs, act } of this.#scenario.faults) world.schedule(atMs, () => makeFault(parts, act));
  }

  /** Faults end, and people end what would go on for ever: schedules that repeat. */
  #becomeCalm(): void {
    this.#world.tell('calm', 'no more faults');
    Object.assign(this.#scenario.weather, CALM);
    for (const host of this.#fleet.hosts.values()) host.heal();
    this.#lives.heal();
    this.#lookAfter();
  }

  /** Asked again while there is something to ask for: a wish from before may have come late. */
  #lookAfter(): void {
    if (this.#operator.open > 0) return;
    const wishes = calmWishes({ disk: this.#disk, fleet: this.#fleet, cloud: this.#cloud, now: this.#wall.now() });
    for (const wish of wishes) this.#operator.ask(wish);
  }

  async #comeToRest(): Promise<number> {
    const beganMs = this.#world.elapsedMs;
    let untilMs = beganMs + REST_WITHIN_MS;
    let problems: readonly string[] = [];
    let fewest = this.#openRuns();
    while (this.#world.elapsedMs < untilMs && !this.#world.violation) {
      await this.#world.pass(LOOK_EVERY_MS);
      this.#lookAfter();
      problems = this.#problems();
      if (problems.length === 0) return this.#world.elapsedMs - beganMs;
      const open = this.#openRuns();
      if (open < fewest) untilMs = Math.max(untilMs, this.#world.elapsedMs + AFTER_JOB_MS);
      fewest = Math.min(fewest, open);
      untilMs = Math.max(untilMs, this.#afterQuarantinesMs());
    }
    const seconds = Math.round((this.#world.elapsedMs - beganMs) / 1000);
    this.#world.fail(`not at rest after ${seconds} s without faults: ${problems.slice(0, 8).join('; ')}`);
    return this.#world.elapsedMs - beganMs;
  }

  /** Jobs that are not over, and runs that wait for them: on machines that are full they come one after the other. */
  #openRuns(): number {
    const queued = this.#disk.docs('instanceStatus').reduce((sum, { queue }) => sum + queue.length, 0);
    return queued + this.#disk.docs('jobStatus').filter(({ state }) => !jobEnded(state)).length;
  }

  /** Jobs may wait for the end of a quarantine, however long it lasts. */
  #afterQuarantinesMs(): number {
    const view = this.#view();
    const leftMs = lastQuarantineEnd(view) - view.now;
    return leftMs > 0 ? this.#world.elapsedMs + leftMs + AFTER_QUARANTINE_MS : 0;
  }

  /** A job that waits may have a machine ordered for it when it has waited long enough: that is no unrest, and everything comes to rest once more. */
  async #stayAtRest(rests = MOST_RESTS): Promise<void> {
    if (this.#world.violation) return;
    const restedMs = this.#world.elapsedMs;
    const orders = this.#disk.docs('machineOrder').length;
    this.#retold = 0;
    await this.#world.pass(STILL_FOR_MS);
    if (this.#disk.docs('machineOrder').length > orders && rests > 1) {
      await this.#comeToRest();
      return this.#stayAtRest(rests - 1);
    }
    const problems = this.#problems();
    if (problems.length > 0) this.#world.fail(`at rest, and then not: ${problems.slice(0, 8).join('; ')}`);
    else if (this.#lastMeaningfulMs > restedMs) this.#world.fail(`at rest, and yet: ${this.#lastMeaningful}`);
  }

  #problems(): readonly string[] {
    if (!this.#lives.platform) return ['no platform runs'];
    if (this.#lives.isShared) return ['two platforms run'];
    if (this.#operator.open > 0) return [`${this.#operator.open} wishes have no answer`];
    return quietProblems(this.#view());
  }

  #view(): QuietView {
    const { cpuOvercommit } = this.#scenario;
    const replacementsPerHour = this.#scenario.cloud?.replacementsPerHour ?? 0;
    const world = { disk: this.#disk, hosts: this.#fleet.hosts, cloud: this.#cloud };
    return { ...world, cpuOvercommit, replacementsPerHour, now: this.#wall.now() };
  }
}

/**
 * What says nothing new: a job of which only the telling is new, because what it was told by may have been a minute old; a cursor that comes to
 * what was begun ahead; and what is written as it was, by a platform that has not heard of all that another one wrote beside it.
 */
function isRetold({ kind, before, after }: Commit): boolean {
  if (isDeepStrictEqual(before, after)) return true;
  if (!before || !after) return false;
  if (kind === 'instanceStatus') return isDeepStrictEqual(withoutCursor(before), withoutCursor(after));
  if (kind !== 'jobStatus') return false;
  const told = (doc: object) => ({ state: Reflect.get(doc, 'state'), tasks: tasksOf(Reflect.get(doc, 'slots')) });
  return isDeepStrictEqual(told(before), told(after));
}

function withoutCursor(status: object): object {
  return { ...status, cursorAt: null, settledAhead: null };
}

function tasksOf(slots: readonly Slot[]): readonly unknown[] {
  return slots.map(({ state, task, attempt }) => [state, task, attempt]);
}
