// One installation of dependencies: a container of the base image on a builder, whose file system becomes a layer. The container has a
// derived name, so that what a crash left behind is found and done again.
import { BerthError } from '../model/errors.ts';
import type { Layer } from '../model/image.ts';
import type { Dependencies } from '../model/package.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ContainerSpec, Machine } from '../ports/machine.ts';
import { explainInstallation } from './explain-installation.ts';
import { INSTALL_COMMAND, installFiles, type PackageSources } from './install-request.ts';
import { InstallationFailed } from './installation-failed.ts';
import type { InstallationLog } from './installation-log.ts';
import { storeSavedImage } from './saved-image.ts';
import { withinLimit } from './within-limit.ts';

/** Label of installing containers; its value is the platform's uid. */
export const INSTALL_LABEL = 'berth.install';

/** The name of the container that installs a dependency layer, for one platform. */
export function installContainerName(platform: string, key: string): string {
  return `berth-install-${key.slice(0, 12)}-${platform.slice(0, 8).toLowerCase()}`;
}

/** What an installation may use. */
export interface InstallLimits {
  readonly limitMs: number;
  readonly memoryBytes: number;
  readonly cpus: number;
}

/** What an installation needs and is about. */
export interface InstallationParts {
  readonly machine: Machine;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly text: InstallationLog;
  readonly platform: string;
  /** Name of the container, derived from what is installed. */
  readonly name: string;
  /** Tag of the base image on the machine, pulled already. */
  readonly baseTag: string;
  /** How many layers the base image has. */
  readonly baseLayers: number;
  readonly script: Buffer;
  readonly dependencies: Dependencies;
  readonly sources: PackageSources;
  readonly npmDirectory: string;
  readonly limits: InstallLimits;
}

/** Last lines that a failed installation shows. */
const LAST_LINES = 20;
/** Lines that are searched for what went wrong. */
const SEARCHED_LINES = 200;

/** Installs and stores the layer; leaves nothing on the machine. @throws image.install-failed, image.install-unreachable, image.install-timeout */
export async function runInstallation(parts: InstallationParts): Promise<Layer> {
  const { machine, name, clock, limits } = parts;
  const ended = new AbortController();
  try {
    await machine.removeContainer(name);
    // Committing over the tag would leave the image of an earlier try behind without a name.
    await machine.removeImage(committedTag(name));
    await machine.createContainer(containerOf(parts));
    await machine.putArchive(name, '/', await installFiles(parts));
    await withinLimit(clock, limits.limitMs, install(parts, ended.signal), () => timeout(parts));
    return await takeLayer(parts);
  } finally {
    ended.abort();
    await cleanUp(parts);
  }
}

function containerOf({ name, baseTag, platform, limits }: InstallationParts): ContainerSpec {
  return {
    name,
    image: baseTag,
    entrypoint: INSTALL_COMMAND,
    command: [],
    environment: {},
    labels: { [INSTALL_LABEL]: platform, 'berth.spec': name },
    workingDirectory: '/',
    user: '0:0',
    hostname: 'install',
    extraHosts: {},
    network: 'bridge',
    readOnlyRoot: false,
    scratch: null,
    binds: [],
    tmpfs: {},
    cpus: limits.cpus,
    memoryBytes: limits.memoryBytes,
    pids: 4096,
    capabilities: 'install',
  };
}

async function install({ machine, name, text }: InstallationParts, signal: AbortSignal): Promise<void> {
  await machine.startContainer(name);
  const decoder = new TextDecoder();
  for await (const frames of machine.logs(name, { sinceNs: 0n, follow: true, signal })) {
    for (const { bytes } of frames) text.append(decoder.decode(bytes, { stream: true }));
  }
  if (signal.aborted) return;
  const view = await machine.inspectContainer(name);
  if (view?.state === 'exited' && view.exitCode === 0) return;
  throw failure(text, view?.exitCode ?? null, view?.oomKilled ?? false);
}

function failure(text: InstallationLog, exitCode: number | null, oomKilled: boolean): InstallationFailed {
  const { reason, advice, retry } = explainInstallation(text.lastLines(SEARCHED_LINES), exitCode, oomKilled);
  const code = retry === 'retry' ? 'image.install-unreachable' : 'image.install-failed';
  return new InstallationFailed(code, { reason, advice }, text.lastLines(LAST_LINES));
}

function timeout({ limits, text }: InstallationParts): InstallationFailed {
  const limit = limits.limitMs < 120_000 ? `${limits.limitMs / 1000} s` : `${Math.round(limits.limitMs / 60_000)} min`;
  text.line(`Ended after ${limit}, the limit of an installation`);
  return new InstallationFailed('image.install-timeout', { limit }, text.lastLines(LAST_LINES));
}

async function takeLayer({ machine, blobs, text, name, baseLayers }: InstallationParts): Promise<Layer> {
  text.line('Taking the layer with what was installed');
  await machine.commitContainer(name, committedTag(name));
  const saved = await storeSavedImage(blobs, await machine.saveImage(committedTag(name)), committedTag(name));
  const [layer, ...more] = saved.layers.slice(baseLayers);
  if (layer && more.length === 0) return { ...layer, role: 'dependencies' };
  const detail = `it has ${saved.layers.length} layers where ${baseLayers + 1} were expected`;
  throw new BerthError('image.saved-image-unreadable', { reference: committedTag(name), detail });
}

/** Tag of what an installation made, for as long as its layer is being taken out. */
export function committedTag(name: string): string {
  return `berth/${name}:committed`;
}

// What is left behind here is found by its derived name at the next try, so a failure of the clean-up is not one of the installation.
async function cleanUp({ machine, name, log }: InstallationParts): Promise<void> {
  try {
    await machine.removeContainer(name);
    await machine.removeImage(committedTag(name));
  } catch (error) {
    log.warn('An installation could not be cleaned up; the next one does it', { name, error });
  }
}
