// What an administrator may ask of the wishes of packages: grant them, or refuse them with a reason.
import { changeDocument } from '../engine/change-document.ts';
import { BerthError } from '../model/errors.ts';
import type { RegistrationRequest } from '../model/sensor.ts';
import type { Page, Query, Store } from '../ports/store.ts';
import { decideSensor, decideType } from './decide-registry.ts';
import type { SensorParts } from './sensor-parts.ts';

type Decision = NonNullable<RegistrationRequest['decision']>;

/** Requests in one state, oldest first. */
export async function listRegistrationRequests(
  store: Store,
  { state, ...page }: { readonly state: RegistrationRequest['state']; readonly limit: number; readonly after?: string },
): Promise<{ readonly items: readonly RegistrationRequest[]; readonly next?: string }> {
  const query: Query = { where: { state }, orderBy: 'createdAt', ...page };
  const { items, next }: Page<RegistrationRequest> = await store.list('registrationRequest', query);
  const docs = items.map(({ doc }) => doc);
  return next === undefined ? { items: docs } : { items: docs, next };
}

/**
 * Registers what a package wished for; one that was refused may be granted later.
 * @throws request.not-found, sensor.request-approved, sensor.type-unknown
 */
export async function approveRequest(
  parts: SensorParts,
  id: string,
  { by, reason }: Pick<Decision, 'by' | 'reason'>,
): Promise<RegistrationRequest> {
  const request = await find(parts.store, id);
  if (request.state === 'approved') throw alreadyApproved(request);
  await register(parts, request);
  return decide(parts, id, 'approved', { by, reason, at: parts.clock.now() });
}

/** Refuses a wish; what needs it waits on, with the reason. @throws request.not-found, sensor.request-approved, sensor.request-refused */
export async function refuseRequest(
  parts: SensorParts,
  id: string,
  { by, reason }: Pick<Decision, 'by' | 'reason'>,
): Promise<RegistrationRequest> {
  const { state, decision } = await find(parts.store, id);
  if (state === 'refused')
    throw new BerthError('sensor.request-refused', {
      request: id,
      by: decision?.by ?? '',
      reason: decision?.reason ?? '',
    });
  return decide(parts, id, 'refused', { by, reason, at: parts.clock.now() });
}

/** Requests for what was registered in another way are granted by that; `ids` are those that there may be. */
export async function settleRequests(parts: SensorParts, ids: readonly string[], decision: Decision): Promise<void> {
  for (let start = 0; start < ids.length; start += 500) {
    const found = await parts.store.getMany('registrationRequest', ids.slice(start, start + 500));
    for (const { doc } of found) if (doc.state !== 'approved') await decide(parts, doc.id, 'approved', decision);
  }
}

async function find(store: Store, id: string): Promise<RegistrationRequest> {
  const stored = await store.get('registrationRequest', id);
  if (!stored) throw notFound(id);
  return stored.doc;
}

/** Somebody may have registered it meanwhile: then what is there stays. */
async function register({ store, clock }: SensorParts, { wish }: RegistrationRequest): Promise<void> {
  const now = clock.now();
  if (wish.kind === 'type') {
    await changeDocument(
      store,
      'sensorType',
      wish.type.id,
      (before) => before ?? decideType(wish.type, undefined, now),
    );
    return;
  }
  const { sensor } = wish;
  if (!(await store.get('sensorType', sensor.type)))
    throw new BerthError('sensor.type-unknown', { sensor: sensor.id, type: sensor.type });
  await changeDocument(
    store,
    'sensor',
    sensor.id,
    (before) => before ?? decideSensor({ ...sensor, schedule: null }, undefined, now),
  );
}

async function decide(
  { store, recordEvent }: SensorParts,
  id: string,
  state: 'approved' | 'refused',
  decision: Decision,
): Promise<RegistrationRequest> {
  const decided = await changeDocument(store, 'registrationRequest', id, (before) => {
    if (!before) throw notFound(id);
    if (before.state === 'approved') throw alreadyApproved(before);
    return { ...before, state, decision };
  });
  const { application } = decided;
  const text = `The request ${id} was ${state} by ${decision.by}${decision.reason === '' ? '' : `: ${decision.reason}`}`;
  await recordEvent({ kind: `sensor.request-${state}`, subject: `application:${application}`, application, text });
  return decided;
}

function alreadyApproved({ id, decision }: RegistrationRequest): BerthError {
  return new BerthError('sensor.request-approved', { request: id, by: decision?.by ?? '' });
}

function notFound(id: string): BerthError {
  return new BerthError('request.not-found', { what: 'registration request', id });
}
