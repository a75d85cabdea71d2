// A container on a simulated machine, with the launcher and the algorithm in it: what a task's parameters say of its life, it lives.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import { LAUNCHER_EXIT } from '../model/task.ts';
import type { ContainerSpec, ContainerView } from '../ports/machine.ts';
import type { SimRandom } from './sim-random.ts';

/** The part of a task file that a simulated launcher reads. */
export interface SimTaskFile {
  readonly kind: 'continuous' | 'run-to-completion';
  readonly startsAt: Instant;
  readonly endsAt: Instant | null;
  readonly clockOffsetMs: number;
  readonly graceMs: number;
  readonly exactlyOne: boolean;
  readonly parameters: Readonly<Record<string, string>>;
}

/** How a simulated algorithm behaves, as an instance's parameters say. */
export interface Manners {
  /** Life of a run to completion, and the longest life of one that crashes, milliseconds. */
  readonly lifeMs: number;
  /** `never`, `sometimes` (as the weather says) or `always`. */
  readonly crashes: 'never' | 'sometimes' | 'always';
  /** How a stop is taken: at once, after the grace time, or not at all. */
  readonly stops: 'at-once' | 'late' | 'never';
}

/** What a container does by itself, some time after its start. */
export interface Fate {
  readonly afterMs: number;
  readonly exitCode: number;
}

/** What the machine around a container gives it. */
export interface ContainerSurroundings {
  readonly now: () => Instant;
  readonly random: SimRandom;
  /** Probability that an algorithm that may crash does. */
  readonly crashes: () => number;
}

/** One container. Its machine calls it when its time has come. */
export class SimContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  state: ContainerView['state'] = 'created';
  /** Counts starts; what was planned for an earlier life does not happen. */
  life = 0;
  taskFile: SimTaskFile | undefined;
  /** Whether the algorithm in it runs: without a lease, where it needs one, only its launcher does. */
  works = false;
  /** Whether it is drawn already that its algorithm ends by itself. */
  isFated = false;
  /** Of its world's time. */
  startedMs = 0;
  endedMs = 0;
  #exitCode: number | null = null;
  #oomKilled = false;
  #startedAt: Instant | null = null;
  #finishedAt: Instant | null = null;
  readonly #around: ContainerSurroundings;

  constructor(id: string, spec: ContainerSpec, around: ContainerSurroundings) {
    this.id = id;
    this.spec = spec;
    this.#around = around;
  }

  /** Its id, for who would make it again with the same spec. @throws machine.name-taken */
  adopt(spec: ContainerSpec): string {
    const found = this.spec.labels['berth.spec'];
    if (found !== undefined && found === spec.labels['berth.spec']) return this.id;
    throw new BerthError('machine.name-taken', { name: spec.name });
  }

  /** What its engine tells of it. */
  view(): ContainerView {
    return {
      id: this.id,
      name: this.spec.name,
      state: this.state,
      exitCode: this.#exitCode,
      oomKilled: this.#oomKilled,
      error: '',
      labels: this.spec.labels,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
    };
  }

  /** Runs from now on; gives what becomes of it by itself whatever its algorithm does. */
  start(): readonly Fate[] {
    this.state = 'running';
    this.life++;
    this.#startedAt = this.#around.now();
    this.#finishedAt = null;
    this.#exitCode = null;
    const file = this.taskFile;
    if (!file) return [{ afterMs: 50, exitCode: LAUNCHER_EXIT.untold }];
    const afterMs = Math.max(0, (file.endsAt ?? 0) - this.#platformTime(file));
    return file.endsAt === null ? [] : [{ afterMs, exitCode: LAUNCHER_EXIT.deadline }];
  }

  /** Its algorithm runs from now on, or when its time has come; gives what becomes of it by itself. */
  begin(): readonly Fate[] {
    const file = this.taskFile;
    if (!file) return [];
    this.works = true;
    const fates = this.#ownEnds(file, Math.max(0, file.startsAt - this.#platformTime(file)));
    this.isFated = fates.length > 0;
    return fates;
  }

  /** It is over. */
  end(exitCode: number, oomKilled: boolean): void {
    this.state = 'exited';
    this.works = false;
    this.life++;
    this.#exitCode = exitCode;
    this.#oomKilled = oomKilled;
    this.#finishedAt = this.#around.now();
  }

  /** What SIGTERM leads to; undefined when nothing. */
  terminated(): Fate | undefined {
    const { random } = this.#around;
    const exitCode = random.pick([LAUNCHER_EXIT.stopped, LAUNCHER_EXIT.stranger]);
    switch (this.#manners().stops) {
      case 'at-once':
        return { afterMs: random.between(5, 400), exitCode };
      case 'late':
        return { afterMs: (this.taskFile?.graceMs ?? 0) + random.between(0, 900), exitCode };
      case 'never':
        return undefined;
    }
  }

  /** What the end of its lease leads to, within that time. */
  fenced(withinMs: number): Fate {
    const isQuick = !this.works || this.#manners().stops === 'at-once';
    const afterMs = isQuick ? Math.min(withinMs, this.#around.random.between(5, 400)) : withinMs;
    return { afterMs, exitCode: LAUNCHER_EXIT.fenced };
  }

  #manners(): Manners {
    const parameters = this.taskFile?.parameters ?? {};
    return {
      lifeMs: Number(parameters.lifeMs ?? 1000),
      crashes: parameters.crashes === 'always' || parameters.crashes === 'sometimes' ? parameters.crashes : 'never',
      stops: parameters.stops === 'late' || parameters.stops === 'never' ? parameters.stops : 'at-once',
    };
  }

  #platformTime({ clockOffsetMs }: SimTaskFile): Instant {
    return this.#around.now() - clockOffsetMs;
  }

  #ownEnds(file: SimTaskFile, beginsAfterMs: number): Fate[] {
    const { random, crashes } = this.#around;
    const { lifeMs, crashes: habit } = this.#manners();
    const isCrash = habit === 'always' || (habit === 'sometimes' && random.chance(crashes()));
    if (isCrash) return [{ afterMs: beginsAfterMs + random.between(10, lifeMs), exitCode: LAUNCHER_EXIT.crashLoop }];
    if (file.kind === 'continuous') return [];
    return [{ afterMs: beginsAfterMs + lifeMs * random.between(0.8, 1.2), exitCode: LAUNCHER_EXIT.completed }];
  }
}
