// Docker Swarm on servers of the fleet: the neighbour of what Berth does when a node dies.
import type Docker from 'dockerode';
import type { Server } from '../test/world/server.ts';
import { until } from '../test/world/until.ts';
import { stampOf } from './site.ts';
import { wallNow } from './wall-clock.ts';

const WITHIN_MS = 120_000;
const PORT = 2377;

/** The part of `docker swarm init` that joining needs (Docker Engine API 1.41, GET /swarm). */
interface SwarmView {
  readonly JoinTokens: { readonly Worker: string };
}

/** Makes the first server a manager and the others its workers. */
export async function beginSwarm([manager, ...workers]: readonly Server[]): Promise<Server> {
  if (!manager) throw new Error('a swarm needs a server');
  await manager.docker.swarmInit({ ListenAddr: `0.0.0.0:${PORT}`, AdvertiseAddr: manager.address });
  const { JoinTokens } = (await manager.docker.swarmInspect()) as SwarmView;
  for (const { docker, address } of workers) {
    await docker.swarmJoin({
      ListenAddr: `0.0.0.0:${PORT}`,
      AdvertiseAddr: address,
      RemoteAddrs: [`${manager.address}:${PORT}`],
      JoinToken: JoinTokens.Worker,
    });
  }
  return manager;
}

/** A service of one replica on the workers that prints its time and stays; resolves to the worker that runs it. */
export async function runService(
  manager: Server,
  workers: readonly Server[],
  { name, image, script }: { readonly name: string; readonly image: string; readonly script: string },
): Promise<Server> {
  await manager.docker.createService({
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: image, Command: ['python3', '-B', script], TTY: false },
      Placement: { Constraints: ['node.role==worker'] },
      RestartPolicy: { Condition: 'any', Delay: 0 },
    },
    Mode: { Replicated: { Replicas: 1 } },
  } as Docker.CreateServiceOptions);
  return until(`service ${name} to run`, WITHIN_MS, async () => {
    for (const worker of workers) if ((await running(worker.docker, name)) !== undefined) return worker;
    return undefined;
  });
}

/** Milliseconds from cutting a worker's power to the first line of its service on another. */
export async function serviceMovesMs(from: Server, to: readonly Server[], name: string): Promise<number> {
  const cutAt = wallNow();
  await from.powerOff();
  return until(`service ${name} to run elsewhere`, WITHIN_MS, async () => {
    for (const { docker } of to) {
      const container = await running(docker, name);
      const line = container === undefined ? '' : await firstLine(docker, container);
      if (line !== '') return stampOf(line) - cutAt;
    }
    return undefined;
  });
}

async function running(docker: Docker, service: string): Promise<string | undefined> {
  const filters = { label: [`com.docker.swarm.service.name=${service}`], status: ['running'] };
  const [found] = await docker.listContainers({ filters });
  return found?.Id;
}

/** What comes before a line is Docker's header of eight bytes. */
async function firstLine(docker: Docker, container: string): Promise<string> {
  const text = (await docker.getContainer(container).logs({ stdout: true })).toString('latin1');
  return text.includes('\n') ? text.slice(8, text.indexOf('\n')) : '';
}
