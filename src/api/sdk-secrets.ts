// Secrets of tasks:
//
//   GET /sdk/v1/secrets?known=<etag>   { "etag", "secrets": [{ "name", "value" }], "missing": [names] } as soon as it differs from what is
//                                      known, held until then (204 if it does not). Only those that the task's own spec names.
import type { Task } from '../model/task.ts';
import { goneSignal, noRoute, type SdkCall, sendNothing, sendValue } from './sdk-call.ts';

/** What gives them. */
export interface TaskSecrets {
  /** Undefined when nothing differs from what is known for a while. */
  given(task: Task, known: string, signal: AbortSignal): Promise<object | undefined>;
}

/** Answers a request below `/sdk/v1/secrets`. */
export async function answerSecrets(secrets: TaskSecrets, call: SdkCall): Promise<void> {
  const { method, words, query, task, response } = call;
  if (method !== 'GET' || words.length > 1) throw noRoute(method, words.join('/'));
  const given = await secrets.given(task, query.get('known') ?? '', goneSignal(response));
  if (given) sendValue(response, 200, given);
  else sendNothing(response);
}
