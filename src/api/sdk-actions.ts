// Actions that tasks ask for:
//
//   PUT /sdk/v1/actions/<key>            the body says what is wanted; { "id", "state" } when it is durable. The same key is the same action
//   GET /sdk/v1/actions/<id>?wait=<s>    { "id", "state", "reason", "answer"? } as soon as it has ended, or after so many seconds (25 unless told, and at most)
import type { Action, ActionStatus } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import type { Task } from '../model/task.ts';
import { jsonBodyOf } from './sdk-body.ts';
import { goneSignal, noRoute, numberIn, type SdkCall, sendValue } from './sdk-call.ts';

/** What takes actions. */
export interface TaskActions {
  /** Resolves when the action is durable. `wanted` is not checked yet. */
  request(task: Task, wanted: unknown): Promise<Pick<Action, 'id'>>;
  /** Resolves when the action has ended; to its present state when the signal aborts before. */
  outcome(task: Task, id: string, signal: AbortSignal): Promise<ActionStatus>;
}

const MOST_BYTES = 1024 * 1024;
const LONGEST_KEY = 200;
const LONGEST_WAIT_SECONDS = 25;

/** Answers a request below `/sdk/v1/actions`. */
export async function answerActions(actions: TaskActions, call: SdkCall): Promise<void> {
  const { method, words } = call;
  const [, word, ...more] = words;
  if (word === undefined || more.length > 0) throw noRoute(method, words.join('/'));
  if (method === 'PUT') return take(actions, call, word);
  if (method === 'GET') return tell(actions, call, word);
  throw noRoute(method, 'actions');
}

async function take(actions: TaskActions, { request, response, clock, task }: SdkCall, key: string): Promise<void> {
  if (key === '' || key.length > LONGEST_KEY) {
    throw new BerthError('request.invalid', { detail: `the key of an action has 1 to ${LONGEST_KEY} characters` });
  }
  const { value } = await jsonBodyOf(request, clock, MOST_BYTES);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BerthError('request.invalid', { detail: 'an action is a JSON object' });
  }
  const { id } = await actions.request(task, { ...value, key });
  const { state } = await actions.outcome(task, id, AbortSignal.abort());
  sendValue(response, 200, { id, state });
}

async function tell(actions: TaskActions, call: SdkCall, id: string): Promise<void> {
  const { response, clock, task } = call;
  const seconds = numberIn(call, 'wait', { least: 0, most: LONGEST_WAIT_SECONDS }) ?? LONGEST_WAIT_SECONDS;
  const late = new AbortController();
  const cancel = clock.after(seconds * 1000, () => late.abort());
  try {
    const status = await actions.outcome(task, id, AbortSignal.any([late.signal, goneSignal(response)]));
    const { state, reason } = status;
    sendValue(response, 200, { id, state, reason, ...('answer' in status ? { answer: status.answer } : {}) });
  } finally {
    cancel();
  }
}
