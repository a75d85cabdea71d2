// What a developer may ask of packages: push one, or only check it. A zip is stored as it comes, examined where it lies, and deleted
// again when it is refused; documents are written only after everything was found sound.
//
// INVARIANTS:
// - A package's document is written after its zip is durable, and its application after the package.
// - A crash between any two writes leaves at most a zip or a package that nothing points to; pushing the same bytes again mends it.
import type { Readable } from 'node:stream';
import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { DEFAULT_PROJECT } from '../model/access.ts';
import { BerthError } from '../model/errors.ts';
import type { Application, Package } from '../model/package.ts';
import type { Archives } from '../ports/archives.ts';
import type { BlobStat, Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { examineArchive } from './examine-archive.ts';
import type { PackageLimits } from './package-limits.ts';
import { readPackageConfig } from './read-package-config.ts';
import { receiveUpload } from './receive-upload.ts';
import { packageIdOf, type UploadHolds } from './upload-holds.ts';

/** What the application manager works with. */
export interface ApplicationParts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly archives: Archives;
  readonly clock: Clock;
  readonly log: Log;
  readonly record: RecordEvent;
  readonly limits: PackageLimits;
  /** One for the whole process. */
  readonly holds: UploadHolds;
}

/** The project of an application, there or not yet; throws when whoever pushes may not. Without it, all is allowed. */
export type ProjectFor = (application: string) => Promise<string>;

/** A package that was pushed. */
export interface PushedPackage {
  readonly package: Package;
  readonly application: Application;
  /** Whether the same bytes had been pushed before. */
  readonly existed: boolean;
}

const TRIES = 5;

/**
 * Takes in a zip and makes it its application's current package. The same bytes are the same package.
 * @throws the `package.` errors, platform.store-conflict, the stream's own error
 */
export async function pushPackage(
  parts: ApplicationParts,
  bytes: Readable,
  projectFor?: ProjectFor,
): Promise<PushedPackage> {
  const pushed = await withUpload(parts, bytes, (upload) => keepPackage(parts, upload, projectFor));
  await recordPush(parts, pushed);
  return pushed;
}

/** Checks a zip like `pushPackage` and keeps nothing; gives the package that it would become. @throws what pushPackage does */
export async function checkPackage(parts: ApplicationParts, bytes: Readable): Promise<Package> {
  return withUpload(parts, bytes, (upload) => readPackage(parts, upload));
}

async function withUpload<T>(
  parts: ApplicationParts,
  bytes: Readable,
  act: (upload: BlobStat) => Promise<T>,
): Promise<T> {
  const upload = await receiveUpload(parts, bytes, parts.limits.zipBytes);
  try {
    return await act(upload);
  } finally {
    await letGo(parts, upload.digest);
  }
}

// What cannot be deleted now must not hide why the zip was refused.
async function letGo({ holds, log }: ApplicationParts, digest: string): Promise<void> {
  try {
    await holds.release(digest);
  } catch (error) {
    log.warn('An upload that nothing needs could not be deleted', { digest, error });
  }
}

async function keepPackage(
  parts: ApplicationParts,
  upload: BlobStat,
  projectFor: ProjectFor | undefined,
): Promise<PushedPackage> {
  const { store } = parts;
  const id = packageIdOf(upload.digest);
  const before = (await store.get('package', id))?.doc;
  const wanted = before ?? (await readPackage(parts, upload));
  for (let tries = 0; tries < TRIES; tries++) {
    const project = await projectFor?.(wanted.application);
    const kept = await createPackage(store, wanted);
    const application = await makeCurrent(parts, kept, project);
    // Somebody who removed the application meanwhile has taken the package away: then it is kept once more.
    if (await store.get('package', id)) return { package: kept, application, existed: before !== undefined };
  }
  throw new BerthError('platform.store-conflict', { kind: 'package', id });
}

async function readPackage(parts: ApplicationParts, upload: BlobStat): Promise<Package> {
  const archive = await parts.archives.open(upload.digest);
  try {
    const examined = await examineArchive(archive, parts.limits);
    const { config, sensorConfig } = readPackageConfig(examined, parts.limits);
    return {
      id: packageIdOf(upload.digest),
      application: config.name,
      blob: upload.digest,
      sizeBytes: upload.sizeBytes,
      files: examined.files,
      config,
      sensorConfig,
      createdAt: parts.clock.now(),
    };
  } finally {
    await archive.close();
  }
}

async function createPackage(store: Store, wanted: Package): Promise<Package> {
  try {
    return (await store.create('package', wanted)).doc;
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    return (await store.get('package', wanted.id))?.doc ?? wanted;
  }
}

async function makeCurrent(
  { store, clock }: ApplicationParts,
  pushed: Package,
  project: string | undefined,
): Promise<Application> {
  const now = clock.now();
  const { application: id, config } = pushed;
  const change = { description: config.description, currentPackage: pushed.id, updatedAt: now };
  return changeDocument(store, 'application', id, (before) => {
    if (!before) return { id, ...change, ...inProject(project), createdAt: now };
    // It was made or moved since somebody was allowed to push: that was judged by another project.
    if (project !== undefined && project !== (before.project ?? DEFAULT_PROJECT))
      throw new BerthError('platform.store-conflict', { kind: 'application', id });
    return { ...before, ...change };
  });
}

function inProject(project: string | undefined): Pick<Application, 'project'> {
  return project === undefined || project === DEFAULT_PROJECT ? {} : { project };
}

async function recordPush({ record }: ApplicationParts, { package: pushed, existed }: PushedPackage): Promise<void> {
  const version = `version ${pushed.config.version} (${pushed.id.slice(0, 12)})`;
  await record({
    kind: 'package.accepted',
    subject: `application:${pushed.application}`,
    application: pushed.application,
    text: existed ? `The package ${version} is current again` : `The package ${version} was accepted`,
    evidence: { package: pushed.id, version: pushed.config.version, sizeBytes: pushed.sizeBytes, existed },
  });
}
