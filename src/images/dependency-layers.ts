// Dependency layers: each is installed once, on a node with room, and kept under the digest of what was asked.
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import type { BaseImage, DependencyLayer, Layer } from '../model/image.ts';
import type { Dependencies } from '../model/package.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { BASE_REPOSITORY } from './base-reference.ts';
import type { Builder, FindBuilder } from './builder.ts';
import { dependencyKey, orderedDependencies } from './dependency-key.ts';
import { baseRecipe, imageDocuments } from './image-config.ts';
import type { PackageSources } from './install-request.ts';
import {
  committedTag,
  INSTALL_LABEL,
  type InstallLimits,
  installContainerName,
  runInstallation,
} from './installation.ts';
import type { InstallationLog } from './installation-log.ts';
import { Lanes } from './lanes.ts';

/** How a builder reaches the platform's own endpoint. */
export interface RegistryAccess {
  readonly accept: (connection: Duplex) => void;
  readonly nodePassword: (node: string) => string;
}

/** What installing dependencies needs. */
export interface DependencyLayerParts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly findBuilder: FindBuilder;
  readonly registry: RegistryAccess;
  /** The platform's uid. */
  readonly platform: string;
  readonly sources: PackageSources;
  /** Where the npm lies that installs npm packages. */
  readonly npmDirectory: string;
  readonly limits: InstallLimits;
  /** Installations at a time. */
  readonly atATime: number;
}

/** Told when an installation really begins. */
export type OnInstalling = () => void;

/** One installation that is due. */
interface Installing {
  readonly key: string;
  readonly base: BaseImage;
  readonly asked: Dependencies;
  readonly text: InstallationLog;
  readonly onInstalling: OnInstalling;
}

/** Finds or installs dependency layers; those that ask for the same meanwhile share one installation. */
export class DependencyLayers {
  readonly #parts: DependencyLayerParts;
  readonly #lanes: Lanes;
  readonly #installing = new Map<string, Promise<Layer>>();

  constructor(parts: DependencyLayerParts) {
    this.#parts = parts;
    this.#lanes = new Lanes(parts.atATime);
  }

  /** The layer; undefined when nothing is asked for. @throws image.no-builder, image.npm-missing, image.install-failed, image.install-unreachable, image.install-timeout */
  async ensure(
    base: BaseImage,
    asked: Dependencies,
    text: InstallationLog,
    onInstalling: OnInstalling,
  ): Promise<Layer | undefined> {
    if (wordsOf(asked).length === 0) return undefined;
    const key = dependencyKey(baseManifest(base), asked);
    const present = await this.#use(key);
    if (present) return present;
    const running = this.#installing.get(key);
    if (running) {
      text.line('Waiting for the same dependencies, which are being installed already');
      onInstalling();
      return running;
    }
    return this.#begin(key, () => this.#install({ key, base, asked: orderedDependencies(asked), text, onInstalling }));
  }

  #begin(key: string, work: () => Promise<Layer>): Promise<Layer> {
    const begun = this.#lanes.run(work).finally(() => this.#installing.delete(key));
    this.#installing.set(key, begun);
    return begun;
  }

  // Marked as used before it is used: the collector's delete then meets another version and is refused.
  async #use(key: string): Promise<Layer | undefined> {
    const { store, clock } = this.#parts;
    const stored = await store.get('dependencyLayer', key);
    if (!stored) return undefined;
    try {
      await store.update('dependencyLayer', { ...stored.doc, usedAt: clock.now() }, stored.version);
      return stored.doc.layer;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      // Collected at this moment, or marked as used by another image at this moment: then it is as good.
      return (await store.get('dependencyLayer', key))?.doc.layer;
    }
  }

  async #install(installing: Installing): Promise<Layer> {
    const builder = await this.#parts.findBuilder();
    if (!builder) throw new BerthError('image.no-builder', { what: 'the dependencies can be installed' });
    try {
      return await this.#installOn(builder, installing);
    } finally {
      await builder.close();
    }
  }

  async #installOn(builder: Builder, { key, base, asked, text, onInstalling }: Installing): Promise<Layer> {
    onInstalling();
    text.line(`Installing on node ${builder.node}: ${wordsOf(asked).join(', ')}`);
    await this.#removeStale(builder);
    const baseTag = await this.#pullBase(builder, base, text);
    const layer = await runInstallation({
      ...this.#parts,
      machine: builder.machine,
      name: installContainerName(this.#parts.platform, key),
      baseTag,
      baseLayers: base.layers.length,
      script: await readFile(SCRIPT),
      dependencies: asked,
      text,
    });
    return this.#keep({ key, base, asked, layer });
  }

  // Containers and committed images of installations that a crash of the platform cut short.
  async #removeStale({ machine }: Builder): Promise<void> {
    const wanted = new Set([...this.#installing.keys()].map((key) => installContainerName(this.#parts.platform, key)));
    const tags = new Set([...wanted].map(committedTag));
    const label = `${INSTALL_LABEL}=${this.#parts.platform}`;
    for (const { name } of await machine.listContainers(label)) {
      if (!wanted.has(name)) await machine.removeContainer(name);
    }
    for (const image of await machine.listImages(label)) {
      if (!image.tags.some((tag) => tags.has(tag))) await machine.removeImage(image.id);
    }
  }

  async #pullBase({ machine, node }: Builder, base: BaseImage, text: InstallationLog): Promise<string> {
    const digest = baseManifest(base);
    const tag = `${BASE_REPOSITORY}:${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
    if (await machine.hasImage(tag)) return tag;
    text.line(`Giving node ${node} the base image`);
    const { accept, nodePassword } = this.#parts.registry;
    const endpoint = await machine.listenLoopback(accept);
    try {
      const reference = `127.0.0.1:${endpoint.port}/${BASE_REPOSITORY}@${digest}`;
      await machine.pullImage({
        reference,
        user: node,
        password: nodePassword(node),
        tag,
        onProgress: () => undefined,
      });
    } finally {
      await endpoint.close();
    }
    return tag;
  }

  async #keep(made: { key: string; base: BaseImage; asked: Dependencies; layer: Layer }): Promise<Layer> {
    const at = this.#parts.clock.now();
    const asked = { base: baseManifest(made.base), ...made.asked };
    const doc: DependencyLayer = { id: made.key, layer: made.layer, asked, createdAt: at, usedAt: at };
    try {
      return (await this.#parts.store.create('dependencyLayer', doc)).doc.layer;
    } catch (error) {
      // Another process installed the same meanwhile: theirs is taken, so that all images of this key share it.
      const theirs = error instanceof StoreConflict ? await this.#use(made.key) : undefined;
      if (!theirs) throw error;
      return theirs;
    }
  }
}

function wordsOf({ debian, pip, npm }: Dependencies): readonly string[] {
  return [...debian, ...pip, ...(npm ?? [])];
}

const SCRIPT = new URL('./install-dependencies.py', import.meta.url);

function baseManifest(base: BaseImage): string {
  return imageDocuments(baseRecipe(base)).manifestDigest;
}
