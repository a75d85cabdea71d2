// Containers and volumes of one engine. Acts may be repeated: what is done already is no error.
import { BerthError } from '../../model/errors.ts';
import type { ContainerSpec, ContainerUsage, ContainerView } from '../../ports/machine.ts';
import { containerBody } from './container-body.ts';
import { containerView, type EngineContainer } from './container-view.ts';
import type { EngineApi, EngineRequest } from './engine-api.ts';
import { refusedWith } from './engine-errors.ts';

const SPEC_LABEL = 'berth.spec';

/** What is asked of an engine about containers. */
export class Containers {
  readonly #api: EngineApi;

  constructor(api: EngineApi) {
    this.#api = api;
  }

  /** Creates it, or adopts the one of its name that was made to the same spec. @throws machine.name-taken, machine.no-image */
  async create(spec: ContainerSpec): Promise<string> {
    try {
      const { Id } = await this.#api.json<{ readonly Id: string }>({
        act: `create container ${spec.name}`,
        method: 'POST',
        path: '/containers/create',
        query: { name: spec.name },
        json: containerBody(spec),
        judged: [404, 409],
      });
      return Id;
    } catch (error) {
      if (refusedWith(error, 404))
        throw new BerthError('machine.no-image', { reference: spec.image }, { cause: error });
      if (refusedWith(error, 409)) return this.#adopt(spec);
      throw error;
    }
  }

  /** Starts it; running already is the same. Input is sent before, as `docker run -i` does: the engine keeps it. @throws machine.no-container */
  async start(name: string, input: Buffer | undefined): Promise<void> {
    try {
      if (input) await this.#api.send(inputRequest(name), input);
      const path = `${pathOf(name)}/start`;
      await this.#api.text({ act: `start container ${name}`, method: 'POST', path, judged: [404] });
    } catch (error) {
      if (refusedWith(error, 404)) throw new BerthError('machine.no-container', { name }, { cause: error });
      throw error;
    }
  }

  /** Sends a signal; what does not run needs none. */
  async signal(name: string, signal: string): Promise<void> {
    try {
      await this.#api.text({
        act: `send ${signal} to container ${name}`,
        method: 'POST',
        path: `${pathOf(name)}/kill`,
        query: { signal },
        judged: [404, 409],
      });
    } catch (error) {
      if (!refusedWith(error, 404, 409)) throw error;
    }
  }

  /** Removes it and the volume of its name. */
  async remove(name: string): Promise<void> {
    try {
      const query = { force: 'true', v: 'true' };
      const act = `remove container ${name}`;
      await this.#api.text({ act, method: 'DELETE', path: pathOf(name), query, judged: [404, 409] });
    } catch (error) {
      if (!refusedWith(error, 404, 409)) throw error;
      // Somebody else is removing it at this moment: its volume is free when that is done.
      if (error.status === 409) await this.#untilRemoved(name);
    }
    await this.removeVolume(name);
  }

  /** Undefined when there is none. */
  async inspect(name: string): Promise<ContainerView | undefined> {
    try {
      const act = `inspect container ${name}`;
      const path = `${pathOf(name)}/json`;
      return containerView(await this.#api.json<EngineContainer>({ act, method: 'GET', path, judged: [404] }));
    } catch (error) {
      if (refusedWith(error, 404)) return undefined;
      throw error;
    }
  }

  /** All with a label. The engine's list has no exit codes or times, so each is looked at; what goes in between is left out. */
  async list(label: string): Promise<readonly ContainerView[]> {
    const found = await this.#api.json<readonly { readonly Id: string }[]>({
      act: 'list containers',
      method: 'GET',
      path: '/containers/json',
      query: { all: 'true', filters: JSON.stringify({ label: [label] }) },
    });
    const views = await Promise.all(found.map(({ Id }) => this.inspect(Id)));
    return views.filter((view) => view !== undefined);
  }

  /** What it has used; undefined when it does not run. */
  async usage(id: string): Promise<ContainerUsage | undefined> {
    try {
      const act = `tell what container ${id} uses`;
      const query = { stream: 'false', 'one-shot': 'true' };
      const path = `${pathOf(id)}/stats`;
      return usageOf(id, await this.#api.json<EngineStats>({ act, method: 'GET', path, query, judged: [404, 409] }));
    } catch (error) {
      if (refusedWith(error, 404, 409)) return undefined;
      throw error;
    }
  }

  /** Names of volumes with a label. */
  async listVolumes(label: string): Promise<readonly string[]> {
    const { Volumes } = await this.#api.json<{ readonly Volumes: readonly { readonly Name: string }[] | null }>({
      act: 'list volumes',
      method: 'GET',
      path: '/volumes',
      query: { filters: JSON.stringify({ label: [label] }) },
    });
    return (Volumes ?? []).map(({ Name }) => Name);
  }

  /** Removes a volume; absent already is the same. */
  async removeVolume(name: string): Promise<void> {
    try {
      const path = `/volumes/${encodeURIComponent(name)}`;
      await this.#api.text({ act: `remove volume ${name}`, method: 'DELETE', path, judged: [404] });
    } catch (error) {
      if (!refusedWith(error, 404)) throw error;
    }
  }

  async #adopt(spec: ContainerSpec): Promise<string> {
    const present = await this.inspect(spec.name);
    if (!present) throw nameBusy(spec.name);
    const same = present.labels[SPEC_LABEL] !== undefined && present.labels[SPEC_LABEL] === spec.labels[SPEC_LABEL];
    if (same) return present.id;
    throw new BerthError('machine.name-taken', { name: spec.name });
  }

  async #untilRemoved(name: string): Promise<void> {
    try {
      const query = { condition: 'removed' };
      const path = `${pathOf(name)}/wait`;
      await this.#api.text({ act: `remove container ${name}`, method: 'POST', path, query, judged: [404] });
    } catch (error) {
      if (!refusedWith(error, 404)) throw error;
    }
  }
}

/** The part of GET /containers/<id>/stats that is read (Docker Engine API 1.41). */
interface EngineStats {
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage?: number } };
  readonly memory_stats: { readonly usage?: number; readonly stats?: Readonly<Record<string, number>> };
}

function usageOf(id: string, { cpu_stats: cpu, memory_stats: memory }: EngineStats): ContainerUsage | undefined {
  const nanoseconds = cpu.cpu_usage.total_usage ?? 0;
  if (memory.usage === undefined || nanoseconds === 0) return undefined;
  const cached = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
  return { id, cpuMs: nanoseconds / 1e6, memoryBytes: Math.max(0, memory.usage - cached) };
}

/** An engine holds a name before its container can be seen: somebody's creation, perhaps our own of before a crash, is under way. */
function nameBusy(name: string): BerthError {
  const words = 'its name is held by a container that is being made or removed at this moment';
  return new BerthError('machine.engine-error', { act: `create container ${name}`, words });
}

function inputRequest(name: string): EngineRequest {
  const query = { stream: 'true', stdin: 'true' };
  const act = `write to container ${name}`;
  return { act, method: 'POST', path: `${pathOf(name)}/attach`, query, judged: [404, 409] };
}

function pathOf(name: string): string {
  return `/containers/${encodeURIComponent(name)}`;
}
