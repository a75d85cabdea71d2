// The names of writes to a store: what is written of which kind, with how far the document is, so that the places of one step of a
// life can be told from those of the next.
import type { Documents, Kind } from '../../model/kinds.ts';

type Facets = { readonly [K in Kind]?: (doc: Documents[K]) => string };

const FACETS: Facets = {
  event: ({ kind }) => kind,
  image: ({ state }) => state,
  instance: ({ removing }) => (removing ? 'removing' : 'kept'),
  job: ({ open, stop }) => (open === 0 ? 'closed' : stop ? 'to stop' : 'open'),
  jobStatus: ({ state, slots }) => `${state} ${[...new Set(slots.map((slot) => slot.state))].toSorted().join(' ')}`,
  ledger: ({ reservations }) => (reservations.length === 0 ? 'empty' : 'reserved'),
  node: ({ draining }) => (draining ? 'draining' : 'kept'),
  nodeStatus: ({ state }) => state,
  task: ({ stop }) => (stop ? 'to stop' : 'wanted'),
  taskStatus: ({ state, container }) => `${state} container ${container}`,
};

/** The name of a write, as `update taskStatus running container kept`. */
export function writeName<K extends Kind>(what: 'create' | 'update', kind: K, doc: Documents[K]): string {
  const facet = FACETS[kind] as ((doc: Documents[K]) => string) | undefined;
  return [what, kind, facet?.(doc)].filter((word) => word !== undefined).join(' ');
}
