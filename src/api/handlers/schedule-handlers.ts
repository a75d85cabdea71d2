// Routes of what is due, what came of it, and of all schedules together.
import { draftInstance } from '../../applications/apply-requests.ts';
import { findInstance } from '../../applications/instance-reads.ts';
import { upstreamNames } from '../../applications/upstream-reads.ts';
import type { Instance } from '../../model/instance.ts';
import type { Instant } from '../../model/instant.ts';
import { historyOf } from '../../scheduler/history-reads.ts';
import { listGaps, whyAt } from '../../scheduler/occurrence-reads.ts';
import { pauseSchedules, readPause, resumeSchedules } from '../../scheduler/pause-requests.ts';
import { previewInstance, previewSchedules } from '../../scheduler/preview-reads.ts';
import { requestSkip } from '../../scheduler/skip-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { paged, pageRequest } from '../paging.ts';
import type { RouteAccess } from '../route-access.ts';
import { sinceTime } from '../since-time.ts';
import { iso } from '../views/iso.ts';
import { platformPreviewView, previewView } from '../views/preview-views.ts';
import { gapView, historyView, pauseView } from '../views/schedule-views.ts';
import { instanceFile, instanceParts } from './instance-parts.ts';

type ScheduleRoute =
  | 'skipOccurrence'
  | 'previewInstance'
  | 'previewFile'
  | 'previewSchedules'
  | 'instanceHistory'
  | 'listGaps'
  | 'whyOccurrence'
  | 'showSchedules'
  | 'pauseSchedules'
  | 'resumeSchedules';

const HOUR_MS = 3_600_000;

/** Handlers of schedules. */
export function scheduleHandlers(parts: ApiParts): Pick<Handlers, ScheduleRoute> {
  return { ...previewHandlers(parts), ...pastHandlers(parts), ...pauseHandlers(parts) };
}

function previewHandlers(
  parts: ApiParts,
): Pick<Handlers, 'previewInstance' | 'previewFile' | 'previewSchedules' | 'skipOccurrence'> {
  const { store, clock } = parts;
  const draft = instanceParts(parts);
  return {
    previewInstance: async ({ params, query: { count, after } }) =>
      preview(parts, await findInstance(store, params.instance), { count, after: instantOf(after) ?? clock.now() }),
    previewFile: async ({ query: { count }, body, access }) => {
      const instance = await draftInstance({ ...draft, judge: access }, instanceFile(body));
      return preview(parts, instance, { count, after: clock.now() });
    },
    previewSchedules: async ({ query: { hours, limit }, access }) => {
      const now = clock.now();
      const [found, pause] = await Promise.all([
        previewSchedules(store, { fromAt: now, untilAt: now + hours * HOUR_MS, limit, ...seenBy(access) }),
        readPause(store),
      ]);
      return platformPreviewView(found, {
        fromAt: now,
        untilAt: now + hours * HOUR_MS,
        paused: pauseView(pause).paused,
      });
    },
    skipOccurrence: async ({ params, body, caller }) => {
      const { id } = await findInstance(store, params.instance);
      const at = instantOf(body?.at ?? undefined) ?? null;
      const wish = await requestSkip(parts, id, { by: caller.name, at }, clock.now());
      return { at: iso(wish.at), by: wish.by };
    },
  };
}

/** Whoever sees all is not asked of each. */
function seenBy(access: RouteAccess) {
  return access.seesAll ? {} : { sees: (application: string) => access.sees(application) };
}

async function preview(
  { store, schedules }: ApiParts,
  instance: Instance,
  wanted: { readonly after: Instant; readonly count: number },
) {
  const [occurrences, names] = await Promise.all([
    previewInstance(store, instance, wanted),
    upstreamNames(store, [instance]),
  ]);
  return previewView(instance, occurrences, { inWords: schedules.inWords, names });
}

function pastHandlers({ store, clock }: ApiParts): Pick<Handlers, 'instanceHistory' | 'listGaps' | 'whyOccurrence'> {
  return {
    instanceHistory: async ({ params, query: { last, since } }) => {
      const { id } = await findInstance(store, params.instance);
      return historyView(
        await historyOf(store, id, { sinceAt: since === undefined ? 0 : sinceTime(since, clock.now()), last }),
      );
    },
    listGaps: async ({ params, query }) => {
      const { id } = await findInstance(store, params.instance);
      return paged(await listGaps(store, id, pageRequest(query)), gapView);
    },
    whyOccurrence: async ({ params, query }) => {
      const { at, ...answer } = await whyAt(store, await findInstance(store, params.instance), Date.parse(query.at));
      return { at: iso(at), ...answer };
    },
  };
}

function pauseHandlers(parts: ApiParts): Pick<Handlers, 'showSchedules' | 'pauseSchedules' | 'resumeSchedules'> {
  const { store, clock } = parts;
  return {
    showSchedules: async () => pauseView(await readPause(store)),
    pauseSchedules: async ({ body, caller }) =>
      pauseView(await pauseSchedules(parts, { by: caller.name, reason: body?.reason ?? '' }, clock.now())),
    resumeSchedules: async ({ caller }) => pauseView(await resumeSchedules(parts, { by: caller.name }, clock.now())),
  };
}

function instantOf(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
