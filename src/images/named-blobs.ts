// Which blobs are named by documents: what nothing names is garbage. The table has an entry for every kind of document, so that a new
// kind does not compile before somebody has said whether it names blobs.
import { pages } from '../engine/shard-sweep.ts';
import type { BaseImage, Image } from '../model/image.ts';
import type { Documents, Kind } from '../model/kinds.ts';
import type { AnyDocument, Store } from '../ports/store.ts';
import { baseRecipe, imageDocuments } from './image-config.ts';

type Named = readonly (string | undefined)[];

const NAMED_BY: { readonly [K in Kind]: ((doc: Documents[K]) => Named) | null } = {
  platform: null,
  token: null,
  application: null,
  package: ({ blob }) => [blob],
  image: namedByImage,
  dependencyLayer: ({ layer }) => [layer.digest],
  baseImage: namedByBase,
  instance: null,
  instanceName: null,
  instanceStatus: null,
  gap: null,
  schedulePause: null,
  calendar: null,
  job: null,
  jobStatus: null,
  task: null,
  taskStatus: null,
  node: null,
  nodeStatus: null,
  ledger: null,
  lease: null,
  serverStatus: null,
  provider: null,
  machineOrder: null,
  recoveryBudget: null,
  event: null,
  output: ({ blob }) => [blob],
  logSegment: ({ blob }) => [blob],
  user: null,
  sensorType: null,
  sensor: null,
  sensorStatus: null,
  registrationRequest: null,
  jobBinding: null,
  instanceState: null,
  action: null,
  actionStatus: null,
  actionBudget: null,
  actionChannel: null,
  inboxNotice: null,
  password: null,
  session: null,
  invitation: null,
  project: null,
  secret: null,
  auditEntry: null,
  auditOutcome: null,
  component: null,
  componentLease: null,
  shardLease: null,
  componentLog: null,
  alert: null,
  alertSilence: null,
  alertRoute: null,
  topicRequest: null,
  blobHead: null,
  blobChunk: null,
  seriesSpan: null,
  readingBatch: null,
  sequence: null,
};

/** The digests of all blobs that any document names. */
export async function namedBlobs(store: Store): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const kind of Object.keys(NAMED_BY) as Kind[]) await addNamed(store, kind, named);
  return named;
}

/** The digests of the blobs that one document names. */
export function blobsNamedBy(kind: Kind, doc: AnyDocument): readonly string[] {
  const namedBy = NAMED_BY[kind] as ((doc: AnyDocument) => Named) | null;
  return namedBy?.(doc).filter((digest) => digest !== undefined) ?? [];
}

async function addNamed<K extends Kind>(store: Store, kind: K, named: Set<string>): Promise<void> {
  const namedBy: ((doc: Documents[K]) => Named) | null = NAMED_BY[kind];
  if (!namedBy) return;
  for await (const doc of pages(store, kind, { limit: 1000 })) {
    for (const digest of namedBy(doc)) if (digest !== undefined) named.add(digest);
  }
}

function namedByImage({ layers, manifestDigest, configDigest, installation }: Image): Named {
  return [manifestDigest, configDigest, installation, ...layers.map(({ digest }) => digest)];
}

function namedByBase(base: BaseImage): Named {
  const { manifestDigest, configDigest } = imageDocuments(baseRecipe(base));
  return [manifestDigest, configDigest, ...base.layers.map(({ digest }) => digest)];
}
