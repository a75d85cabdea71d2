// People who ask for things, and ask again when they are told to try later or hear nothing.
import { applyInstance } from '../../src/applications/apply-requests.ts';
import {
  createInstance,
  disableInstance,
  enableInstance,
  removeInstance,
} from '../../src/applications/instance-requests.ts';
import { requestStop } from '../../src/deployment/job-requests.ts';
import type { ServerRoom } from '../../src/main/server-room.ts';
import { BerthError } from '../../src/model/errors.ts';
import type { SensorState } from '../../src/model/sensor.ts';
import { type Store, StoreConflict } from '../../src/ports/store.ts';
import { pauseSchedules, resumeSchedules } from '../../src/scheduler/pause-requests.ts';
import { requestRun } from '../../src/scheduler/run-requests.ts';
import { scheduleFaults } from '../../src/scheduler/schedule-faults.ts';
import { requestSkip } from '../../src/scheduler/skip-requests.ts';
import type { HostPlan, InstancePlan, Wish } from '../../src/sim/scenario.ts';
import type { SimDisk } from '../../src/sim/sim-disk.ts';
import type { SimWorld } from '../../src/sim/sim-world.ts';
import { PROVIDER, sensing } from './first-documents.ts';
import type { SimPlatform } from './sim-platform.ts';

/** Whom a person asks. */
export interface OperatorParts {
  readonly world: SimWorld;
  readonly disk: SimDisk;
  readonly hosts: readonly HostPlan[];
  /** The platform that runs at present, if one does. */
  readonly platform: () => SimPlatform | undefined;
}

/** After no answer, or one that says to try later. */
const AGAIN_MS = 3000;
const PATIENCE_MS = 40_000;
const TRIES = 12;

/** A person at the platform. */
export class Operator {
  readonly #parts: OperatorParts;
  /** Wishes that have no final answer yet. */
  open = 0;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** Asks for something, now, and again until there is an answer that ends it. */
  ask(wish: Wish, tries = TRIES): void {
    const { world } = this.#parts;
    const platform = this.#parts.platform();
    this.open++;
    const again = () => {
      this.open--;
      if (tries > 1) this.ask(wish, tries - 1);
    };
    if (!platform?.process.isRunning) {
      world.schedule(AGAIN_MS, again);
      return;
    }
    const giveUp = world.schedule(PATIENCE_MS, again);
    world.tell('person', `asks to ${inWords(wish)}`);
    const answered = () => {
      giveUp();
      this.open--;
    };
    this.#act(platform, wish).then(answered, (error: unknown) => {
      giveUp();
      world.tell('person', `${inWords(wish)}: ${error instanceof Error ? error.message : String(error)}`);
      if (!isAnswer(error)) world.fail(`a request failed: ${error instanceof Error ? error.stack : String(error)}`);
      else if (isPassing(error)) world.schedule(AGAIN_MS, again);
      else this.open--;
    });
  }

  async #act(platform: SimPlatform, wish: Wish): Promise<void> {
    const { store, clock, random, recordEvent, nodes } = platform;
    const parts = { store, clock, random, record: recordEvent, scheduleFaults };
    switch (wish.do) {
      case 'create':
        await createInstance(parts, {
          name: wish.name,
          contents: { value: fileOf(wish.name, wish.file, clock.now()) },
        });
        return;
      case 'disable':
        await disableInstance(parts, wish.name);
        return;
      case 'enable':
        await enableInstance(parts, wish.name);
        return;
      case 'remove':
        await removeInstance(parts, wish.name);
        return;
      case 'run':
        await this.#run(platform, wish.name);
        return;
      case 'skip':
        await this.#skip(platform, wish.name);
        return;
      case 'change':
        await applyInstance(parts, { name: wish.name, contents: { value: fileOf(wish.name, wish.file, clock.now()) } });
        return;
      case 'pause-schedules':
        await pauseSchedules(platform, { by: 'person', reason: '' }, clock.now());
        return;
      case 'resume-schedules':
        await resumeSchedules(platform, { by: 'person' }, clock.now());
        return;
      case 'stop':
        return this.#stop(platform, wish.share);
      case 'add-node':
        await nodes.addNode(this.#newNode(wish.host));
        return;
      case 'drain':
        await nodes.drainNode(wish.host);
        return;
      case 'undrain':
        await nodes.undrainNode(wish.host);
        return;
      case 'remove-node':
        await nodes.removeNode(wish.host);
        return;
      case 'abandon-node':
        await nodes.abandonNode(wish.host);
        return;
      case 'silence':
      case 'hear':
        return observe(store, wish.sensor, wish.do === 'hear' ? 'online' : 'silent');
      default:
        return askServers(platform.servers, wish);
    }
  }

  async #run({ store, bus, random, clock }: SimPlatform, name: string): Promise<void> {
    const held = await store.get('instanceName', name);
    if (held)
      await requestRun(
        { store, bus, random },
        held.doc.instance,
        { by: 'person', parameters: {}, key: undefined },
        clock.now(),
      );
  }

  async #skip(platform: SimPlatform, name: string): Promise<void> {
    const held = await platform.store.get('instanceName', name);
    if (held) await requestSkip(platform, held.doc.instance, { by: 'person', at: null }, platform.clock.now());
  }

  async #stop({ store, clock }: SimPlatform, share: number): Promise<void> {
    const open = this.#parts.disk.docs('job').filter((job) => job.open === 1);
    const job = open[Math.floor(share * open.length)];
    if (!job) return;
    await requestStop({ store, clock }, { job: job.id, by: 'person', reason: 'a person stopped it' });
  }

  #newNode(address: string) {
    const plan = this.#parts.hosts.find((host) => host.address === address);
    const access = { kind: 'ssh', host: address, port: 22, user: 'berth', identity: 'platform' } as const;
    return { id: address, access, labels: plan?.labels ?? {}, expectedHostKey: `SHA256:${address}` };
  }
}

/** What the ingest would write of a sensor. */
async function observe(store: Store, sensor: string, state: SensorState): Promise<void> {
  const stored = await store.get('sensorStatus', sensor);
  if (stored && stored.doc.state !== state)
    await store.update('sensorStatus', { ...stored.doc, state }, stored.version);
}

type ServerWish = Extract<Wish, { do: 'adopt' | 'recovery-off' | 'recovery-on' | 'recover' | 'replace' | 'grow' }>;

/** What is asked of the room of servers. */
async function askServers({ servers, providers }: ServerRoom, wish: ServerWish): Promise<void> {
  switch (wish.do) {
    case 'adopt':
      await servers.adoptMachine(wish.host, { provider: PROVIDER, machine: wish.host });
      return;
    case 'recovery-off':
    case 'recovery-on':
      await servers.switchRecovery(wish.host, { mode: wish.do === 'recovery-on' ? 'automatic' : 'off', by: 'person' });
      return;
    case 'recover':
    case 'replace':
      await servers.recoverNode(wish.host, { step: wish.do === 'replace' ? 'replace' : null, by: 'person' });
      return;
    case 'grow':
      await providers.growFleet(PROVIDER, 1);
      return;
    default:
      return wish satisfies never;
  }
}

function fileOf(name: string, plan: InstancePlan, now: number): unknown {
  const { inMs, ...schedule } = plan.schedule;
  const at = inMs === undefined ? {} : { at: new Date(now + Math.round(inMs)).toISOString() };
  const { algorithm, application, copies, machine, parameters, grace, cpus, labels, overlap, missed, lead } = plan;
  const { missing } = plan;
  const needs = missing === undefined ? { algorithm } : { algorithm: sensing(algorithm), bindings: { missing } };
  return {
    ...{ name, ...needs, application, copies, machine, parameters, grace, overlap, missed, lead },
    schedule: { ...schedule, ...at },
    place: { labels },
    resources: { cpus },
    restart: { tasks: 3, backoff: '500ms', maxBackoff: '4s', stableAfter: '30s' },
  };
}

function isAnswer(error: unknown): boolean {
  return error instanceof BerthError || error instanceof StoreConflict;
}

function isPassing(error: unknown): boolean {
  return error instanceof StoreConflict || (error instanceof BerthError && error.retryable);
}

function inWords(wish: Wish): string {
  const share = 'share' in wish ? `a job (${wish.share.toFixed(2)})` : 'the fleet';
  const about = 'name' in wish ? wish.name : 'host' in wish ? wish.host : 'sensor' in wish ? wish.sensor : share;
  const file = wish.do === 'create' ? ` ${JSON.stringify(wish.file)}` : '';
  return `${wish.do} ${about}${file}`;
}
