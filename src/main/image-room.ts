// Puts the images room together: base, dependency layers, works, endpoint, collector.
import { join } from 'node:path';
import type { FleetView } from '../deployment/fleet-view.ts';
import type { Controller, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BaseImages, baseImageId } from '../images/base-images.ts';
import type { Builder } from '../images/builder.ts';
import { DependencyLayers } from '../images/dependency-layers.ts';
import { ImageCatalog } from '../images/image-catalog.ts';
import { ImageCollector } from '../images/image-collector.ts';
import { ImageController } from '../images/image-controller.ts';
import { type ImageRequests, imageRequests } from '../images/image-requests.ts';
import { ImageWorks } from '../images/image-works.ts';
import { InstallationReads } from '../images/installation-reads.ts';
import { nodePasswords } from '../images/node-passwords.ts';
import { NodeRuntime, nodeBaseId } from '../images/node-runtime.ts';
import { OciEndpoint } from '../images/oci-endpoint.ts';
import type { LiveNode } from '../nodes/session-live.ts';
import type { Clock } from '../ports/clock.ts';
import type { Machines } from '../ports/machine.ts';
import type { Foundations } from './foundations.ts';
import { nodePrograms, npmDirectory } from './node-programs.ts';
import { BASE_LIMITS, COLLECTION_LIMITS, INSTALL_LIMITS } from './ordinary-limits.ts';
import { PROGRAM_DIRECTORY } from './program-directory.ts';

/** What the rest of the platform uses of images. */
export interface ImageRoom {
  readonly bases: BaseImages;
  readonly endpoint: OciEndpoint;
  readonly requests: ImageRequests;
  readonly installations: InstallationReads;
  readonly controllers: readonly Controller[];
  readonly nodePassword: (node: string) => string;
  /** Resolves when nothing is being made, or after a while. */
  idle(): Promise<void>;
}

/** What the images room asks of the others. */
export interface ImageRoomNeeds {
  readonly fleet: FleetView;
  readonly live: (node: string) => LiveNode | undefined;
  /** Whether a node is looked after by this process. */
  readonly isOurs: (node: string) => boolean;
  readonly wake: Wake;
  readonly recordEvent: RecordEvent;
}

const IDLE_WITHIN_MS = 5000;
const BUILDER_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 200;
const HOUR_MS = 3_600_000;

/** Builds the room. */
export function buildImageRoom(foundations: Foundations, needs: ImageRoomNeeds): ImageRoom {
  const { store, blobs, clock, random, log, keys } = foundations;
  const passwords = nodePasswords(keys.nodePasswords);
  const endpoint = new OciEndpoint({
    blobs,
    catalog: new ImageCatalog(store),
    log,
    checkPassword: passwords.checkPassword,
  });
  const findBuilder = () => readyBuilder(needs, foundations);
  const bases = basesOf(foundations, findBuilder);
  const installations = new InstallationReads(store, blobs);
  const dependencyLayers = dependencyLayersOf(foundations, findBuilder, {
    accept: (connection) => endpoint.accept(connection),
    nodePassword: passwords.nodePassword,
  });
  const build = {
    blobs,
    archives: foundations.archives,
    bases,
    nodeRuntime: nodeRuntimeOf(foundations),
    dependencyLayers,
    sdkDirectories: { python: join(PROGRAM_DIRECTORY, 'sdk', 'python'), node: join(PROGRAM_DIRECTORY, 'sdk', 'node') },
    platform: foundations.platform.uid,
  };
  const works = new ImageWorks({ build, reads: installations, log, onChange: (image) => needs.wake(`image:${image}`) });
  const collector = new ImageCollector({
    store,
    blobs,
    log,
    limits: COLLECTION_LIMITS,
    currentBases: currentBases(foundations),
    everyMs: HOUR_MS,
    graceMs: HOUR_MS,
  });
  return {
    ...{ bases, endpoint, installations, nodePassword: passwords.nodePassword },
    requests: imageRequests(store, clock),
    controllers: [new ImageController({ store, random, works, recordEvent: needs.recordEvent }), collector],
    idle: () => idleSoon(works, clock),
  };
}

/** What takes longer is taken up again at the next start. The timer is cancelled: it would keep the process alive. */
function idleSoon(works: ImageWorks, clock: Clock): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(IDLE_WITHIN_MS, late.resolve);
  return Promise.race([works.idle(), late.promise]).finally(cancel);
}

function baseSettings({ settings, caCertificates }: Foundations) {
  const reference = settings.baseTar === '' ? settings.baseImage : '';
  return { reference, tar: settings.baseTar, ...BASE_LIMITS, debianMirror: settings.debianMirror, caCertificates };
}

function basesOf(foundations: Foundations, findBuilder: () => Promise<Builder | undefined>): BaseImages {
  const { store, blobs, clock, rootFilesystems } = foundations;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return new BaseImages({
    store,
    blobs,
    clock,
    rootFilesystems,
    findBuilder,
    architecture,
    settings: baseSettings(foundations),
  });
}

function nodeRuntimeOf({ store, blobs, clock }: Foundations): NodeRuntime {
  return new NodeRuntime({ store, blobs, clock, version: process.versions.node, programs: nodePrograms() });
}

function currentBases(foundations: Foundations): ReadonlySet<string> {
  const base = baseImageId(baseSettings(foundations));
  return new Set([base, nodeBaseId(base, process.versions.node)]);
}

function dependencyLayersOf(
  foundations: Foundations,
  findBuilder: () => Promise<Builder | undefined>,
  registry: ConstructorParameters<typeof DependencyLayers>[0]['registry'],
): DependencyLayers {
  const { store, blobs, clock, log, platform, identity, settings, caCertificates } = foundations;
  const sources = {
    pipIndexUrl: settings.pipIndexUrl,
    npmRegistryUrl: settings.npmRegistryUrl,
    aptMirror: settings.debianMirror,
    proxy: settings.proxy,
    caCertificates,
  };
  const limits = { ...INSTALL_LIMITS, limitMs: settings.installTimeoutMs };
  return new DependencyLayers({
    store,
    blobs,
    clock,
    log,
    findBuilder,
    registry,
    // What another process installs is not to be taken for what a crash of this one left.
    platform: settings.bus === '' ? platform.uid : `${platform.uid}.${identity.component}`,
    sources,
    npmDirectory: npmDirectory(),
    limits,
    atATime: 2,
  });
}

/** Waits a while for a node: at the start of the platform none is connected yet. Among several processes, those of others will do as well. */
async function readyBuilder(needs: ImageRoomNeeds, { clock, machines }: Foundations): Promise<Builder | undefined> {
  const until = clock.monotonic() + BUILDER_WITHIN_MS;
  for (;;) {
    const builder = builderOf(needs) ?? (await borrowedBuilder(needs, machines));
    if (builder || clock.monotonic() > until) return builder;
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
  }
}

/** The platform's own machine if it is a node (nothing has to cross the network then), else the least loaded. */
function builderOf({ fleet, live }: ImageRoomNeeds): Builder | undefined {
  const ready = [...fleet.ascending()].filter(({ node }) => !node.draining && !node.removing && live(node.id));
  const chosen = ready.find(({ node }) => node.access.kind === 'local') ?? ready[0];
  const machine = chosen && live(chosen.node.id)?.machine;
  return machine && { machine, node: chosen.node.id, close: async () => {} };
}

/** A connection of its own to a node that another process looks after. */
async function borrowedBuilder({ fleet, isOurs }: ImageRoomNeeds, machines: Machines): Promise<Builder | undefined> {
  const others = [...fleet.ascending()].filter(
    ({ node, status }) =>
      node.access.kind === 'ssh' && status?.state === 'ready' && !node.draining && !node.removing && !isOurs(node.id),
  );
  const [chosen] = others;
  if (!chosen) return undefined;
  const machine = await machines.connect(chosen.node.access);
  return { machine, node: chosen.node.id, close: () => machine.close() };
}
