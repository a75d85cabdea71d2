// Routes of instances: making, changing, showing, running them.
import { type Applied, applyInstance, updateInstance } from '../../applications/apply-requests.ts';
import { type InstanceView, listInstances, showInstance } from '../../applications/instance-reads.ts';
import {
  createInstance,
  disableInstance,
  enableInstance,
  type InstanceParts,
  removeInstance,
} from '../../applications/instance-requests.ts';
import { upstreamNames } from '../../applications/upstream-reads.ts';
import { readPause } from '../../scheduler/pause-requests.ts';
import { requestRun } from '../../scheduler/run-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { filteredPage, paged } from '../paging.ts';
import { instanceView } from '../views/instance-view.ts';
import { jobView } from '../views/job-views.ts';
import { instanceFile, instanceParts } from './instance-parts.ts';

type InstanceRoute =
  | 'listInstances'
  | 'createInstance'
  | 'applyInstance'
  | 'updateInstance'
  | 'showInstance'
  | 'enableInstance'
  | 'disableInstance'
  | 'removeInstance'
  | 'runInstance';

/** Handlers of instances. */
export function instanceHandlers(parts: ApiParts): Pick<Handlers, InstanceRoute> {
  const { store } = parts;
  const instances: InstanceParts = instanceParts(parts);
  const show = async (reference: string) => one(parts, await showInstance(store, reference));
  const applied = async ({ outcome, changes, instance }: Applied) => ({
    ...{ outcome, changes: [...changes] },
    instance: await show(instance.id),
  });
  return {
    listInstances: async ({ query, access }) => {
      const page = await filteredPage(
        query,
        (asked) => listInstances(store, query.application ?? null, asked),
        ({ instance }) => access.sees(instance.application),
      );
      const items = await views(parts, page.items);
      return paged({ ...page, items }, (item) => item);
    },
    createInstance: async ({ body, access }) => {
      const instance = await createInstance({ ...instances, judge: access }, instanceFile(body));
      return one(parts, { instance, status: null });
    },
    applyInstance: async ({ body, access }) =>
      applied(await applyInstance({ ...instances, judge: access }, instanceFile(body))),
    updateInstance: async ({ params, body, access }) =>
      applied(await updateInstance({ ...instances, judge: access }, params.instance, instanceFile(body))),
    showInstance: ({ params }) => show(params.instance),
    enableInstance: async ({ params }) => show((await enableInstance(instances, params.instance)).id),
    disableInstance: async ({ params }) => show((await disableInstance(instances, params.instance)).id),
    removeInstance: async ({ params, access }) => {
      const instance = await removeInstance({ ...instances, judge: access }, params.instance);
      return one(parts, { instance, status: null });
    },
    runInstance: async ({ params, body, caller, idempotencyKey: key }) => {
      const { instance } = await showInstance(store, params.instance);
      const wish = { by: caller.name, parameters: body?.parameters ?? {}, key };
      return jobView({ job: await requestRun(parts, instance.id, wish, parts.clock.now()), status: null });
    },
  };
}

type Answer = ReturnType<typeof instanceView>;

async function views({ store, schedules }: ApiParts, found: readonly InstanceView[]): Promise<Answer[]> {
  const [pause, names] = await Promise.all([
    readPause(store),
    upstreamNames(
      store,
      found.map(({ instance }) => instance),
    ),
  ]);
  const paused = pause !== null && pause.untilAt === null;
  return found.map((each) => instanceView(each, { inWords: schedules.inWords, names, paused }));
}

async function one(parts: ApiParts, found: InstanceView): Promise<Answer> {
  const [view] = await views(parts, [found]);
  if (view === undefined) throw new Error('one instance has one view');
  return view;
}
