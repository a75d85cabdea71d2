// What a task's launcher is told, on its standard input; it keeps it as `/scratch/.berth/task.json`. Secrets are named in it, and nothing more.
import type { Task } from '../model/task.ts';
import { relayAddress } from './container-spec.ts';

/** What is not in the task itself. */
export interface TaskFileParts {
  readonly token: string;
  /** Node clock minus platform clock. */
  readonly clockOffsetMs: number;
}

/** The contents of a task file, version 1; its keys are the launcher's contract. */
export function taskFile(task: Task, { token, clockOffsetMs }: TaskFileParts): Readonly<Record<string, unknown>> {
  const { spec } = task;
  return {
    version: 1,
    task: task.id,
    job: task.job,
    instance: task.instance,
    application: task.application,
    algorithm: task.algorithm,
    slot: task.slot,
    copies: task.copies,
    attempt: task.attempt,
    script: spec.script,
    runtime: spec.runtime ?? 'python',
    kind: spec.kind,
    token,
    socket: '/run/berth/sdk.sock',
    scheduledAt: task.startsAt,
    startsAt: task.startsAt,
    endsAt: task.endsAt,
    clockOffsetMs,
    runsPerTask: spec.restart.runsPerTask,
    stableAfterMs: spec.restart.stableAfterMs,
    graceMs: spec.graceMs,
    exactlyOne: spec.exactlyOne,
    parameters: spec.parameters,
    ...(spec.secrets ? { secrets: spec.secrets } : {}),
    network: spec.network.map(({ host, ports }, index) => ({ host, address: relayAddress(index), ports })),
  };
}
