// The floor: what `docker run` does (create, attach, start), with the image and the hardening of one of the platform's containers.
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { unlessGone } from '../test/world/leftovers.ts';
import { OWNER_LABEL, owner } from '../test/world/owner.ts';
import { ContainerLines } from './container-lines.ts';
import { stampOf } from './site.ts';
import { wallNow } from './wall-clock.ts';

/** A container of the bench's own. */
export interface FloorContainer {
  readonly name: string;
  readonly sentAt: number;
  readonly firstLineAt: number;
  readonly firstLine: string;
  readonly lines: ContainerLines;
  /** Removes it and its volume. */
  readonly remove: () => Promise<void>;
}

const WITHIN_MS = 60_000;

/** How the floor differs from the container that it is made like. */
export interface FloorRequest {
  readonly docker: Docker;
  /** A container of the platform, running or ended. */
  readonly like: string;
  /** Path of the script that plain Python runs instead of the launcher. */
  readonly script: string;
  readonly restart?: 'always';
}

/** Runs a script in a container like one of the platform's, and waits for its first line. */
export async function dockerRun(request: FloorRequest): Promise<FloorContainer> {
  const { docker } = request;
  const name = `bench-floor-${randomBytes(4).toString('hex')}`;
  const body = await bodyLike(request, name);
  const container = docker.getContainer(name);
  const remove = async () => {
    await container.remove({ force: true, v: true }).catch(unlessGone);
    await docker.getVolume(name).remove().catch(unlessGone);
  };
  try {
    const sentAt = wallNow();
    await docker.createContainer(body);
    const attached = await container.attach({ stream: true, stdout: true, stderr: true });
    await container.start();
    const lines = ContainerLines.attached(docker, name, attached as Duplex);
    const firstLine = await lines.next(WITHIN_MS);
    return { name, sentAt, firstLineAt: stampOf(firstLine), firstLine, lines, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Milliseconds from the request to the first line of a container that ends by itself. */
export async function dockerRunMs(request: FloorRequest): Promise<number> {
  const { sentAt, firstLineAt, lines, remove } = await dockerRun(request);
  lines.close();
  await remove();
  return firstLineAt - sentAt;
}

/** Without the platform's labels: it would take the container for one of its own. */
async function bodyLike({ docker, like, script, restart }: FloorRequest, name: string) {
  const { Config, HostConfig } = await docker.getContainer(like).inspect();
  const Labels = { [OWNER_LABEL]: owner() };
  const Mounts = (HostConfig.Mounts ?? []).map((mount) =>
    mount.Type === 'volume'
      ? {
          Type: mount.Type,
          Source: name,
          Target: mount.Target,
          VolumeOptions: { NoCopy: false, Labels, DriverConfig: { Name: 'local', Options: {} } },
        }
      : mount,
  );
  const RestartPolicy = { Name: restart ?? 'no' };
  return {
    ...{ name, Labels, Entrypoint: ['python3', '-B', script], Cmd: [] },
    ...{
      Image: Config.Image,
      Env: Config.Env,
      WorkingDir: Config.WorkingDir,
      User: Config.User,
      Hostname: Config.Hostname,
    },
    ...{ AttachStdout: true, AttachStderr: true, Tty: false },
    HostConfig: { ...HostConfig, Mounts, RestartPolicy },
  };
}
