// Images of one engine.
import type { Readable } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { ImageView } from '../../ports/machine.ts';
import type { EngineApi, EngineRequest } from './engine-api.ts';
import { refusedWith, wordsError } from './engine-errors.ts';
import { jsonLines } from './json-lines.ts';
import { type PullLine, PullProgress } from './pull-progress.ts';

type OnProgress = (doneBytes: number, totalBytes: number) => void;

/** The part of GET /images/json that is read (Docker Engine API 1.41). */
interface EngineImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Size: number;
  readonly Created: number;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** What is asked of an engine about images. */
export class Images {
  readonly #api: EngineApi;

  constructor(api: EngineApi) {
    this.#api = api;
  }

  /** Whether the engine has it. */
  async has(reference: string): Promise<boolean> {
    try {
      await this.#api.text({
        act: 'look for an image',
        method: 'GET',
        path: `${pathOf(reference)}/json`,
        judged: [404],
      });
      return true;
    } catch (error) {
      if (refusedWith(error, 404)) return false;
      throw error;
    }
  }

  /** Pulls; an error inside the stream of progress is an error of the pull. @throws machine.pull-failed, machine.disk-full */
  async pull(reference: string, registry: EngineRequest['registry'], onProgress: OnProgress): Promise<void> {
    const request: EngineRequest = {
      act: `pull ${reference}`,
      method: 'POST',
      path: '/images/create',
      query: pullQuery(reference),
      judged: [400, 401, 403, 404, 500],
      ...(registry ? { registry } : {}),
    };
    const progress = new PullProgress();
    const never = new AbortController().signal;
    try {
      for await (const line of jsonLines(this.#api.chunks(request, 'transfer', never)) as AsyncIterable<PullLine>) {
        if (line.error) throw this.#pullError(reference, line.error);
        if (!progress.take(line)) continue;
        const { doneBytes, totalBytes } = progress.sum();
        onProgress(doneBytes, totalBytes);
      }
    } catch (error) {
      if (refusedWith(error, ...(request.judged ?? []))) throw this.#pullError(reference, error.words);
      throw error;
    }
  }

  /** Gives an image a name of its own. @throws machine.no-image */
  async tag(reference: string, tag: string): Promise<void> {
    try {
      const path = `${pathOf(reference)}/tag`;
      await this.#api.text({ act: `tag ${tag}`, method: 'POST', path, query: repositoryAndTag(tag), judged: [404] });
    } catch (error) {
      if (refusedWith(error, 404)) throw new BerthError('machine.no-image', { reference }, { cause: error });
      throw error;
    }
  }

  /** All with a label. */
  async list(label: string): Promise<readonly ImageView[]> {
    const query = { filters: JSON.stringify({ label: [label] }) };
    const found = await this.#api.json<readonly EngineImage[]>({
      act: 'list images',
      method: 'GET',
      path: '/images/json',
      query,
    });
    return found.map((image) => ({
      id: image.Id,
      tags: (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      sizeBytes: image.Size,
      labels: image.Labels ?? {},
      createdAt: image.Created * 1000,
    }));
  }

  /** Removes a name, and the image with its last one; absent already is the same. @throws machine.image-in-use */
  async remove(reference: string): Promise<void> {
    try {
      const act = `remove image ${reference}`;
      await this.#api.text({ act, method: 'DELETE', path: pathOf(reference), judged: [404, 409] });
    } catch (error) {
      if (refusedWith(error, 409)) throw new BerthError('machine.image-in-use', { reference }, { cause: error });
      if (!refusedWith(error, 404)) throw error;
    }
  }

  /** The image as `docker save` writes it. @throws machine.no-image */
  async save(reference: string): Promise<Readable> {
    try {
      const path = `${pathOf(reference)}/get`;
      return await this.#api.download({ act: `save ${reference}`, method: 'GET', path, judged: [404] });
    } catch (error) {
      if (refusedWith(error, 404)) throw new BerthError('machine.no-image', { reference }, { cause: error });
      throw error;
    }
  }

  /** Makes an image of one root file system. */
  async import(tar: Readable, tag: string): Promise<void> {
    const { repo, tag: version } = repositoryAndTag(tag);
    const query = { fromSrc: '-', repo, tag: version };
    const act = `import ${tag}`;
    const answer = await this.#api.text({ act, method: 'POST', path: '/images/create', query, tar }, 'transfer');
    for await (const line of jsonLines(once(answer)) as AsyncIterable<PullLine>) {
      if (line.error) throw wordsError(line.error, { act, address: this.#api.address });
    }
  }

  /** A container's file system as an image. @throws machine.no-container */
  async commit(container: string, tag: string): Promise<void> {
    try {
      const query = { container, ...repositoryAndTag(tag) };
      await this.#api.text({ act: `commit ${tag}`, method: 'POST', path: '/commit', query, judged: [404] }, 'transfer');
    } catch (error) {
      if (refusedWith(error, 404)) throw new BerthError('machine.no-container', { name: container }, { cause: error });
      throw error;
    }
  }

  #pullError(reference: string, words: string): BerthError {
    const known = wordsError(words, { act: `pull ${reference}`, address: this.#api.address });
    return known.code === 'machine.disk-full' ? known : new BerthError('machine.pull-failed', { reference, words });
  }
}

/** Without a tag the engine would pull every tag there is. */
function pullQuery(reference: string): Readonly<Record<string, string>> {
  if (reference.includes('@')) return { fromImage: reference };
  const { repo, tag } = repositoryAndTag(reference);
  return { fromImage: repo, tag };
}

/** A colon after the last slash begins the tag; one before it belongs to the registry's port. */
function repositoryAndTag(reference: string): { readonly repo: string; readonly tag: string } {
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  if (colon < 0) return { repo: reference, tag: 'latest' };
  return { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

function pathOf(reference: string): string {
  // The engine routes on the slashes of a reference: they stay.
  return `/images/${reference.split('/').map(encodeURIComponent).join('/')}`;
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
