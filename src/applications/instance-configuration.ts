// What an instance file says of an instance, in the words of the model.
import type { Instance } from '../model/instance.ts';
import type { Schedule } from '../model/schedule.ts';
import type { InstanceContext } from './instance-file-faults.ts';
import type { InstanceFile } from './instance-file-schema.ts';

/** What of an instance its file decides, and may decide anew. */
export type InstanceConfiguration = Pick<
  Instance,
  | 'package'
  | 'schedule'
  | 'missed'
  | 'overlap'
  | 'priority'
  | 'leadMs'
  | 'copies'
  | 'machine'
  | 'labels'
  | 'location'
  | 'parameters'
  | 'environment'
  | 'resources'
  | 'restart'
  | 'graceMs'
  | 'bindings'
  | 'actionRules'
  | 'secrets'
>;

/** How long before a job its containers are started, where no file says so. On a machine that nobody else may use, waiting costs a machine. */
export const LEAD_MS: Readonly<Record<Instance['machine'], number>> = { shared: 15_000, standalone: 0 };

/** The configuration that a file asks for, with the schedule that was made of it. */
export function instanceConfiguration(
  file: InstanceFile,
  { target }: Pick<InstanceContext, 'target'>,
  schedule: Schedule,
): InstanceConfiguration {
  const { missed, overlap, priority, copies, machine, parameters, environment, resources } = file;
  const isCurrent = file.package === 'current' || !('package' in target);
  return {
    ...{ schedule, missed, overlap, priority, copies, machine, parameters, environment, resources },
    package: isCurrent ? 'current' : target.package.id,
    leadMs: file.lead ?? LEAD_MS[machine],
    labels: file.place.labels,
    location: file.place.location ?? null,
    restart: restartOf(file),
    graceMs: file.grace,
    ...(file.bindings ? { bindings: file.bindings } : {}),
    ...actionRulesOf(file),
    ...(file.secrets && file.secrets.length > 0 ? { secrets: file.secrets } : {}),
  };
}

function actionRulesOf({ notify, actions }: InstanceFile): Pick<Instance, 'actionRules'> {
  if (notify === undefined && actions === undefined) return {};
  const { perHour = {}, quiet } = actions ?? {};
  const times = quiet ? { fromMinute: quiet.from, toMinute: quiet.to } : null;
  return { actionRules: { notify: notify ?? [], perHour, quiet: times } };
}

function restartOf({ restart }: InstanceFile): Instance['restart'] {
  const { runsPerTask, tasks, backoff, maxBackoff, stableAfter } = restart;
  return { runsPerTask, tasks, backoffMs: backoff, maxBackoffMs: maxBackoff, stableAfterMs: stableAfter };
}
