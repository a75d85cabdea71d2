// The base of images whose scripts Node runs: the base image with one layer more, the very Node that the platform itself runs on. The
// layer is made once for a base and a version, and reused by its digest, so that later packages move nothing but their code.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { BerthError } from '../model/errors.ts';
import type { BaseImage, Layer } from '../model/image.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import type { OnLine } from './base-images.ts';
import { baseRecipe, imageDocuments } from './image-config.ts';
import { type TarEntry, tarStream } from './tar-stream.ts';

/** A Node for one architecture, as it lies on the platform's machine. */
export interface NodeProgram {
  /** Docker's word, as in `amd64`. */
  readonly architecture: string;
  readonly path: string;
  /** Shared libraries that it needs and a Debian base may lack. */
  readonly libraries: readonly string[];
  /** Debian packages with such libraries, where the platform's machine has none of that architecture. */
  readonly debian: readonly string[];
}

/** What making the bases of Node images needs. */
export interface NodeRuntimeParts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** As in `26.10.0`. */
  readonly version: string;
  readonly programs: readonly NodeProgram[];
}

/** A base on which Node runs, and what is to be installed beside what the package asks for. */
export interface NodeBase {
  readonly base: BaseImage;
  readonly debian: readonly string[];
}

/** The id of the base with Node that stands on a base image. */
export function nodeBaseId(base: string, version: string): string {
  return `${base}-node-${version}`;
}

/** Makes each base with Node once; callers that come meanwhile share the work. */
export class NodeRuntime {
  readonly #parts: NodeRuntimeParts;
  readonly #making = new Map<string, Promise<BaseImage>>();

  constructor(parts: NodeRuntimeParts) {
    this.#parts = parts;
  }

  /** A base image with Node in it. @throws image.runtime-missing */
  async ensure(base: BaseImage, onLine: OnLine): Promise<NodeBase> {
    const program = this.#programFor(base.architecture);
    const id = nodeBaseId(base.id, this.#parts.version);
    const making = this.#making.get(id) ?? this.#begin(id, () => this.#present(id, base, program, onLine));
    return { base: await making, debian: program.debian };
  }

  #begin(id: string, work: () => Promise<BaseImage>): Promise<BaseImage> {
    const begun = work().finally(() => this.#making.delete(id));
    this.#making.set(id, begun);
    return begun;
  }

  #programFor(architecture: string): NodeProgram {
    const { programs, version } = this.#parts;
    const found = programs.find((program) => program.architecture === architecture);
    if (found) return found;
    const there = programs.map((program) => program.architecture).join(', ');
    throw new BerthError('image.runtime-missing', { architecture, version, there, package: packageFor(architecture) });
  }

  async #present(id: string, base: BaseImage, program: NodeProgram, onLine: OnLine): Promise<BaseImage> {
    const { store, clock, version } = this.#parts;
    const stored = await store.get('baseImage', id);
    if (stored && standsOn(stored.doc, base)) return stored.doc;
    onLine(`Making the layer with Node ${version}`);
    const layer = await this.#layerOf(program);
    const source = `${base.source}, with Node ${version}`;
    const doc = { ...base, id, source, layers: [...base.layers, layer], createdAt: clock.now() };
    await this.#storeDocuments(doc);
    try {
      if (stored) await store.update('baseImage', doc, stored.version);
      else await store.create('baseImage', doc);
    } catch (error) {
      // Another process made the same of the same bytes meanwhile.
      if (!(error instanceof StoreConflict)) throw error;
    }
    return doc;
  }

  async #storeDocuments(doc: BaseImage): Promise<void> {
    const { config, manifest } = imageDocuments(baseRecipe(doc));
    await this.#parts.blobs.put(config);
    await this.#parts.blobs.put(manifest);
  }

  async #layerOf(program: NodeProgram): Promise<Layer> {
    const libraries = `usr/lib/${TRIPLETS[program.architecture] ?? ''}`;
    const entries = [
      await entryOf('usr/local/bin/node', 0o755, program.path),
      ...(await Promise.all(program.libraries.map((path) => entryOf(`${libraries}/${sonameOf(path)}`, 0o644, path)))),
    ];
    const { digest, sizeBytes } = await this.#parts.blobs.put(tarStream(entries));
    return { digest, sizeBytes, role: 'runtime' };
  }
}

/** Debian's names of the directories in which the loader looks without being told. */
const TRIPLETS: Readonly<Record<string, string>> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** A base that was collected and made again has other layers under the same id. */
function standsOn(made: BaseImage, base: BaseImage): boolean {
  return base.layers.every(({ digest }, index) => made.layers[index]?.digest === digest);
}

function packageFor(architecture: string): string {
  return `node-linux-${architecture === 'amd64' ? 'x64' : architecture}`;
}

/** The name by which programs ask for a library: `libatomic.so.1` of `/usr/lib/libatomic.so.1.2.0`. */
function sonameOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /^.+?\.so\.\d+/.exec(name)?.[0] ?? name;
}

async function entryOf(path: string, mode: number, source: string): Promise<TarEntry> {
  const { size } = await stat(source);
  return { path, kind: 'file', mode, owner: 0, sizeBytes: size, open: async () => createReadStream(source) };
}
