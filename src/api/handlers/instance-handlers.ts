// Routes of instances.
import { listInstances, showInstance } from '../../applications/instance-reads.ts';
import {
  createInstance,
  disableInstance,
  enableInstance,
  type InstanceParts,
  removeInstance,
} from '../../applications/instance-requests.ts';
import { requestRun } from '../../scheduler/run-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { paged, pageRequest } from '../paging.ts';
import { instanceView } from '../views/instance-view.ts';
import { jobView } from '../views/job-views.ts';

type InstanceRoute =
  | 'listInstances'
  | 'createInstance'
  | 'showInstance'
  | 'enableInstance'
  | 'disableInstance'
  | 'removeInstance'
  | 'runInstance';

/** Handlers of instances. */
export function instanceHandlers(parts: ApiParts): Pick<Handlers, InstanceRoute> {
  const { store, clock, random } = parts;
  const instances: InstanceParts = { store, clock, random, record: parts.recordEvent };
  const show = async (reference: string) => {
    const { instance, status } = await showInstance(store, reference);
    return instanceView(instance, status);
  };
  return {
    listInstances: async ({ query }) => {
      const page = await listInstances(store, query.application ?? null, pageRequest(query));
      return paged(page, ({ instance, status }) => instanceView(instance, status));
    },
    createInstance: async ({ body }) =>
      instanceView(await createInstance(instances, { name: 'instance file', contents: { value: body } }), null),
    showInstance: ({ params }) => show(params.instance),
    enableInstance: async ({ params }) => show((await enableInstance(instances, params.instance)).id),
    disableInstance: async ({ params }) => show((await disableInstance(instances, params.instance)).id),
    removeInstance: async ({ params }) => instanceView(await removeInstance(instances, params.instance), null),
    runInstance: async ({ params, caller }) => {
      const { instance } = await showInstance(store, params.instance);
      return jobView({ job: await requestRun(parts, instance.id, caller.name, clock.now()), status: null });
    },
  };
}
