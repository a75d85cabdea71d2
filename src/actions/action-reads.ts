// What people may see of actions.
import type { Action, ActionState, ActionStatus } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import type { Query, Store } from '../ports/store.ts';

/** An action and what became of it; a status that retention has taken is null. */
export interface ActionView {
  readonly action: Action;
  readonly status: ActionStatus | null;
}

/** Which actions: of an instance (by id), of a job, or all; newest first. */
export interface ActionQuery {
  readonly instance?: string | undefined;
  readonly job?: string | undefined;
  readonly state?: ActionState | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

/** A page of actions with what became of them. */
export async function listActions(
  store: Store,
  query: ActionQuery,
): Promise<{ readonly items: readonly ActionView[]; readonly next?: string }> {
  const isByStatus = query.job === undefined && (query.instance !== undefined || query.state !== undefined);
  const { items, next } = isByStatus ? await byStatus(store, query) : await byAction(store, query);
  return next === undefined ? { items } : { items, next };
}

/** One action. @throws request.not-found */
export async function showAction(store: Store, id: string): Promise<ActionView> {
  const [action, status] = await Promise.all([store.get('action', id), store.get('actionStatus', id)]);
  if (!action) throw new BerthError('request.not-found', { what: 'action', id });
  return { action: action.doc, status: status?.doc ?? null };
}

type Views = { readonly items: readonly ActionView[]; readonly next?: string | undefined };

async function byStatus(store: Store, { instance, state, limit, after }: ActionQuery): Promise<Views> {
  const where = { ...(instance === undefined ? {} : { instance }), ...(state === undefined ? {} : { state }) };
  const { items, next } = await store.list('actionStatus', newest({ where, limit, after }));
  const actions = await store.getMany(
    'action',
    items.map(({ doc }) => doc.id),
  );
  const byId = new Map(actions.map(({ doc }) => [doc.id, doc]));
  const views = items.flatMap(({ doc: status }) => {
    const action = byId.get(status.id);
    return action ? [{ action, status }] : [];
  });
  return { items: views, next };
}

/** Of a job, or all. */
async function byAction(store: Store, { job, state, limit, after }: ActionQuery): Promise<Views> {
  const { items, next } = await store.list('action', newest({ where: job === undefined ? {} : { job }, limit, after }));
  const statuses = await store.getMany(
    'actionStatus',
    items.map(({ doc }) => doc.id),
  );
  const byId = new Map(statuses.map(({ doc }) => [doc.id, doc]));
  const views = items.map(({ doc: action }) => ({ action, status: byId.get(action.id) ?? null }));
  return { items: views.filter(({ status }) => state === undefined || status?.state === state), next };
}

function newest({
  where,
  limit,
  after,
}: Pick<Query, 'where' | 'limit'> & { readonly after?: string | undefined }): Query {
  const hasWhere = Object.keys(where ?? {}).length > 0;
  const query = { orderBy: 'requestedAt', direction: 'descending', limit } as const;
  return { ...query, ...(hasWhere && where ? { where } : {}), ...(after === undefined ? {} : { after }) };
}
