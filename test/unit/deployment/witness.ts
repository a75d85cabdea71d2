// Small machines for a job's tasks, and who really works on them: what the platform believes and what is true differ here. A launcher
// counts its lease by itself, and needs all of its grace to end when it has run out.
import { taskEnded } from '../../../src/model/task.ts';
import type { Story } from './job-story.ts';

/** What happens to a machine, or is done to it. `mistake`: it is taken for lost though it is well. `ask`: its provider is asked. */
export type MachineAct =
  | 'act'
  | 'cut'
  | 'heal'
  | 'off'
  | 'on'
  | 'see'
  | 'mistake'
  | 'renew'
  | 'ask'
  | 'drain'
  | 'undrain';

/** Something that happens. `round`: every node does its work, and then the platform decides. */
export type Happening =
  | { readonly what: 'pass'; readonly ms: number }
  | { readonly what: 'decide'; readonly crash: number }
  | { readonly what: 'round' }
  | { readonly what: MachineAct; readonly node: string };

interface Container {
  readonly task: string;
  isRunning: boolean;
  /** By the launcher's own count; null: it has not got one yet. Tasks of other jobs need none. */
  leaseUntil: number | null;
}

interface Machine {
  readonly containers: Map<string, Container>;
  isOn: boolean;
  isCut: boolean;
}

const LEASE_MS = 30_000;

export class Witness {
  readonly story: Story;
  readonly #machines: ReadonlyMap<string, Machine>;
  readonly #tale: string[] = [];

  constructor(story: Story, nodes: readonly string[]) {
    this.story = story;
    this.#machines = new Map(nodes.map((id) => [id, { containers: new Map(), isOn: true, isCut: false }]));
  }

  happens(happening: Happening): void {
    this.#tale.push(JSON.stringify(happening));
    const { story } = this;
    story.steps = [];
    if (happening.what === 'pass') this.#pass(happening.ms);
    else if (happening.what === 'decide') story.decide(happening.crash);
    else if (happening.what === 'round') this.#round();
    else this.#toMachine(happening.what, happening.node);
  }

  #round(): void {
    for (const id of this.#machines.keys()) this.#toMachine('act', id);
    this.story.decide();
  }

  /** Tasks whose algorithm may be doing something at this moment. */
  working(): string[] {
    return [...this.#machines.values()].flatMap(({ isOn, containers }) => {
      const live = [...containers.values()].filter((each) => isOn && this.#works(each));
      return live.map(({ task }) => task);
    });
  }

  tale(): string {
    return this.#tale.join('\n');
  }

  /** All machines are well, nobody is drained, and there is time for everything. */
  settle(): void {
    for (const id of this.#machines.keys())
      for (const what of ['on', 'heal', 'undrain'] as const) this.#toMachine(what, id);
    for (let round = 0; round < 40; round++) {
      for (const id of this.#machines.keys()) for (const what of ['see', 'act'] as const) this.#toMachine(what, id);
      this.story.decide();
      this.#pass(5000);
    }
  }

  #works({ isRunning, leaseUntil }: Container): boolean {
    const { exactlyOne, graceMs } = this.story.job.spec;
    if (!isRunning || !exactlyOne) return isRunning;
    return leaseUntil !== null && this.story.now < leaseUntil + graceMs;
  }

  #pass(ms: number): void {
    this.story.now += ms;
    for (const { containers } of this.#machines.values())
      for (const each of containers.values())
        if (each.leaseUntil !== null && !this.#works(each)) each.isRunning = false;
  }

  #toMachine(what: MachineAct, id: string): void {
    const machine = this.#machines.get(id);
    if (!machine) throw new Error(`there is no ${id}`);
    const { story } = this;
    const isReachable = machine.isOn && !machine.isCut;
    const state = story.fleet.get(id)?.status?.state;
    if (what === 'cut') machine.isCut = true;
    if (what === 'heal') machine.isCut = false;
    if (what === 'on') machine.isOn = true;
    if (what === 'off') this.#powerOff(machine);
    if (what === 'see' && (state === 'ready') !== isReachable) story.health(id, isReachable ? 'ready' : 'lost');
    if (what === 'mistake' && state !== 'lost') story.lose(id);
    if (what === 'ask') story.provider(id, machine.isOn ? 'running' : 'stopped');
    if (what === 'drain') story.node(id, { draining: true });
    if (what === 'undrain') story.node(id, { draining: false });
    if (what === 'renew' && isReachable) for (const each of machine.containers.values()) this.#renew(each);
    if (what === 'act' && isReachable) this.#act(id, machine, state === 'ready');
  }

  #powerOff(machine: Machine): void {
    machine.isOn = false;
    for (const each of machine.containers.values()) each.isRunning = false;
  }

  #renew(container: Container): void {
    const { story } = this;
    const { leaseUntil } = container;
    const isDue = container.isRunning && (leaseUntil === null || story.now < leaseUntil);
    if (isDue && story.renew(container.task, LEASE_MS)) container.leaseUntil = story.now + LEASE_MS;
  }

  /** What nodes do for the tasks of a machine; while it is not ready they only give up what the slot table has. */
  #act(id: string, { containers }: Machine, isReady: boolean): void {
    const { story } = this;
    for (const task of story.tasks.values()) {
      if (task.node !== id) continue;
      if (this.#isSuperseded(task.id)) story.observe(task.id, 'lost', { exitCode: null });
      if (!isReady) continue;
      const container = containers.get(task.id);
      if (taskEnded(story.statuses.get(task.id)?.state ?? 'assigned')) this.#end(container);
      else if (task.stop !== null) this.#stopped(task.id, container);
      else if (!container) this.#start(task.id, containers);
      else if (!container.isRunning) story.observe(task.id, 'lost', { exitCode: 202 });
      else this.#renew(container);
    }
  }

  #isSuperseded(id: string): boolean {
    const task = this.story.tasks.get(id);
    const slot = this.story.status.slots[task?.slot ?? 0];
    if (!task || !slot || slot.predecessor?.task === id) return false;
    return slot.attempt > task.attempt || (slot.attempt === task.attempt && slot.state !== 'filled');
  }

  #start(task: string, containers: Map<string, Container>): void {
    const container = { task, isRunning: true, leaseUntil: null };
    containers.set(task, container);
    this.#renew(container);
    this.story.observe(task, 'running');
  }

  #stopped(task: string, container: Container | undefined): void {
    this.#end(container);
    this.story.observe(task, 'stopped', { exitCode: 200 });
  }

  #end(container: Container | undefined): void {
    if (container) container.isRunning = false;
  }
}
