// A process of the platform in a simulated world: what belongs to it waits while it is frozen and never goes on when it is killed.
import type { Cancel } from '../ports/clock.ts';
import type { SimWorld } from './sim-world.ts';

/** Where between two acts a process is to die. */
export interface DeathPlan {
  /** Acts that it still does. */
  acts: number;
  readonly when: 'before' | 'after';
}

/** One life of a process. */
export class SimProcess {
  readonly name: string;
  readonly world: SimWorld;
  /** How many acts (writes, messages, acts on machines) it has done. */
  acts = 0;
  readonly #held: (() => void)[] = [];
  readonly #onDeath: (() => void)[] = [];
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #plan: DeathPlan | undefined;

  constructor(world: SimWorld, name: string) {
    this.world = world;
    this.name = name;
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Something goes on in this process after a time, if it lives then. */
  later(delayMs: number, run: () => void): Cancel {
    return this.world.schedule(delayMs, () => this.run(run));
  }

  /** Something goes on in this process now; while it is frozen, when it thaws; never when it is dead. */
  run(act: () => void): void {
    if (this.#state === 'dead') return;
    if (this.#state === 'frozen') this.#held.push(act);
    else act();
  }

  /** Called before an act: true when the process dies here and the act is not done. */
  diesBefore(what: string): boolean {
    if (this.#state === 'dead') return true;
    this.acts++;
    if (!this.#plan || this.#plan.acts-- > 0) return false;
    if (this.#plan.when === 'after') return false;
    this.kill(`before ${what}`);
    return true;
  }

  /** Called after an act: true when the process dies here and never hears of it. */
  diesAfter(what: string): boolean {
    if (this.#state === 'dead') return true;
    if (!this.#plan || this.#plan.acts >= 0) return false;
    this.kill(`after ${what}`);
    return true;
  }

  /** Dies at an act to come. */
  planDeath(plan: DeathPlan): void {
    this.#plan = { ...plan };
  }

  /** Forgets a death that was planned. */
  spare(): void {
    this.#plan = undefined;
  }

  /** Told once when the process dies. */
  onDeath(listener: () => void): void {
    this.#onDeath.push(listener);
  }

  /** Ends it as SIGKILL does. */
  kill(where: string): void {
    if (this.#state === 'dead') return;
    this.world.tell(this.name, `killed ${where}`);
    this.#state = 'dead';
    this.#held.length = 0;
    for (const listener of this.#onDeath) listener();
  }

  /** Stops it as SIGSTOP does. */
  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  /** Lets it go on, as SIGCONT does. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const act of this.#held.splice(0)) this.later(0, act);
  }
}
