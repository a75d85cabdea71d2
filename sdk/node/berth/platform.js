// Calls to the platform over its Unix socket: each is made again until it was answered, or the job has to end. Every call may be repeated
// safely, because it reads, or names what it writes.
import { statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { JobEnding } from './errors.js';
import { isEnding } from './job.js';
import { task } from './task.js';

// Longer than the platform holds any answer.
const ANSWER_MS = 60_000;
const LOOK_MS = 1000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const COME_AGAIN = new Set([408, 425, 429]);
const OVER = new Set(['sdk.task-ended', 'sdk.fenced']);
// A window of readings is the longest answer there is.
const LONGEST_ANSWER_BYTES = 256 * 1024 * 1024;

const agent = new Agent({ keepAlive: true, maxSockets: 16, maxFreeSockets: 4 });
/** To which socket file each connection leads. */
const places = new WeakMap();

/** Asks until the platform has answered, refusals for good included. @throws JobEnding, OutsideTask */
export async function call(method, target, value) {
  const patience = new Patience();
  for (;;) {
    const answer = await attempt(method, target, value);
    if (answer && !comesAgain(answer.status)) {
      throwIfOver(answer);
      return answer;
    }
    await patience.pause();
  }
}

/** The pauses between tries of one call: they grow, and end soon after the job was told to. */
export class Patience {
  #pauseMs = FIRST_PAUSE_MS;
  #giveUpAt;

  /** Waits until the next try is due. @throws JobEnding when there is to be none */
  async pause() {
    const now = performance.now();
    if (this.#giveUpAt === undefined && isEnding()) this.#giveUpAt = now + task().graceMs / 2;
    if (this.#giveUpAt !== undefined && now >= this.#giveUpAt) {
      throw new JobEnding(
        'The platform could not be reached before the job had to end; nothing is known of what was asked last.',
      );
    }
    await pause(this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Whether an answer of that status means that the same may be asked again with another result. */
export function comesAgain(status) {
  return status >= 500 || COME_AGAIN.has(status);
}

/** The JSON of an answer; empty for what is not an object. */
export function documentOf({ body }) {
  try {
    const found = JSON.parse(body.toString());
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    return {};
  }
}

/** Throws JobEnding when the platform has nothing more to do with this task. */
export function throwIfOver(answer) {
  if (answer.status !== 409 && answer.status !== 410) return;
  const { code, message } = documentOf(answer);
  if (OVER.has(code)) throw new JobEnding(String(message));
}

/** The error of a kind that an answer stands for. */
export function refusal(Kind, answer) {
  const { code = '', message = `The platform answered ${answer.status}.`, remedy = '' } = documentOf(answer);
  return new Kind(String(code), String(message), String(remedy));
}

/** Opens an answer: resolves to it when its head has come. @throws the connection's error */
export function openAnswer(method, target, { value, ...options }) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const { socket: socketPath, token } = task();
  const headers = { host: 'berth', authorization: `Bearer ${token}`, ...bodyHeaders(value) };
  const asked = request({ socketPath, method, path: target, headers, ...options }, resolve);
  asked.on('error', reject);
  asked.once('socket', (socket) => {
    if (!places.has(socket)) places.set(socket, placeOf(socketPath));
  });
  asked.end(value);
  return { asked, answered: promise };
}

/** Whether the socket's path leads elsewhere now: the platform came back by a new way while the old one hangs. */
export function hasMoved(socket) {
  const now = placeOf(task().socket);
  return now !== undefined && places.has(socket) && now !== places.get(socket);
}

async function attempt(method, target, value) {
  const { asked, answered } = openAnswer(method, target, { value, agent });
  const since = performance.now();
  const looking = setInterval(() => {
    const late = performance.now() - since > ANSWER_MS;
    if (late || (asked.socket && hasMoved(asked.socket))) asked.destroy(new Error('the answer does not come'));
  }, LOOK_MS);
  try {
    const response = await answered;
    return { status: response.statusCode, body: await wholeOf(response) };
  } catch {
    // A connection that was kept alive had been closed meanwhile: that says nothing of the platform, and is not waited for.
    return asked.reusedSocket ? attempt(method, target, value) : undefined;
  } finally {
    clearInterval(looking);
  }
}

/** The body of an answer. */
export async function wholeOf(response) {
  const pieces = [];
  let length = 0;
  for await (const piece of response) {
    length += piece.length;
    if (length > LONGEST_ANSWER_BYTES) throw new Error('the answer is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function bodyHeaders(value) {
  return value === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(value) };
}

function placeOf(path) {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}
