// Values that instances keep, for their tasks:
//
//   GET    /sdk/v1/state         { "keys": [...] }, in order
//   GET    /sdk/v1/state/<key>   the value as JSON; 204 when there is none
//   PUT    /sdk/v1/state/<key>   the body is the value; 200 when it is durable
//   DELETE /sdk/v1/state/<key>   200, also when there was none
import type { Task } from '../model/task.ts';
import { MOST_STATE_BYTES } from '../nodes/instance-state-requests.ts';
import { jsonBodyOf } from './sdk-body.ts';
import { noRoute, type SdkCall, sendNothing, sendText, sendValue } from './sdk-call.ts';

/** What keeps the values. */
export interface TaskStates {
  keys(task: Task): Promise<readonly string[]>;
  get(task: Task, key: string): Promise<string | undefined>;
  set(task: Task, key: string, value: string): Promise<void>;
  delete(task: Task, key: string): Promise<void>;
}

/** Answers a request below `/sdk/v1/state`. */
export async function answerState(states: TaskStates, call: SdkCall): Promise<void> {
  const { method, words, task, response } = call;
  const [, key, ...more] = words;
  if (more.length > 0) throw noRoute(method, words.join('/'));
  if (key === undefined) {
    if (method !== 'GET') throw noRoute(method, 'state');
    return sendValue(response, 200, { keys: await states.keys(task) });
  }
  if (method === 'GET') return sendKept(call, await states.get(task, key));
  if (method === 'PUT') {
    const { text } = await jsonBodyOf(call.request, call.clock, MOST_STATE_BYTES);
    await states.set(task, key, text);
  } else if (method === 'DELETE') await states.delete(task, key);
  else throw noRoute(method, 'state/<key>');
  sendValue(response, 200, {});
}

function sendKept({ response }: SdkCall, value: string | undefined): void {
  if (value === undefined) sendNothing(response);
  else sendText(response, 200, value);
}
