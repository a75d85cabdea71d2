// What this run is, how long it may last, and whether it should end. Values are read when they are asked for: `job.deadline` follows
// changes that people make while the job runs.
//
// From the first use of `stopping`, `wait`, `onStop` or `signal`, a stop no longer ends the process at once: the program is told, and has
// the grace period to end by itself before it is killed.
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { task, taskState } from './task.js';

const LOOK_MS = 100;

const stop = new AbortController();
// Every stream and every pause listens.
setMaxListeners(0, stop.signal);
const callbacks = [];
let listening = false;
let termReceived = false;

/** What this run is and whether it should end. */
export const job = Object.freeze({
  get id() {
    return task().job;
  },
  get task() {
    return task().task;
  },
  get instance() {
    return task().instance;
  },
  get application() {
    return task().application;
  },
  get algorithm() {
    return task().algorithm;
  },
  get slot() {
    return task().slot;
  },
  get copies() {
    return task().copies;
  },
  get attempt() {
    return task().attempt;
  },
  get run() {
    return taskState().run;
  },
  get parameters() {
    return Object.freeze({ ...task().parameters });
  },
  get scheduledAt() {
    return new Date(task().scheduledAt);
  },
  get deadline() {
    const { endsAt } = taskState();
    return endsAt === null ? null : new Date(endsAt);
  },
  get signal() {
    listen();
    return stop.signal;
  },
  stopping() {
    listen();
    return look();
  },
  async wait(seconds) {
    listen();
    const until = performance.now() + seconds * 1000;
    for (let left = seconds * 1000; !look(); left = until - performance.now()) {
      if (!(left > 0)) return false;
      // A pause that the stop cuts short is looked at like one that is over.
      await pause(Math.min(left, LOOK_MS), undefined, { signal: stop.signal }).catch(() => undefined);
    }
    return true;
  },
  onStop(callback) {
    listen();
    if (look()) queueMicrotask(callback);
    else callbacks.push(callback);
  },
});

/** Whether the job is to end, as far as this process has been told; a program that never asked goes on not to listen. */
export function isEnding() {
  return termReceived || taskState().stop !== null;
}

/** Takes over TERM, once, and looks for the platform's notice; neither keeps the process alive. */
function listen() {
  if (listening) return;
  taskState();
  listening = true;
  process.on('SIGTERM', () => {
    termReceived = true;
    look();
  });
  setInterval(look, LOOK_MS).unref();
}

function look() {
  const ending = stop.signal.aborted || isEnding();
  if (ending) tell();
  return ending;
}

function tell() {
  if (stop.signal.aborted) return;
  stop.abort(new DOMException('The job is to end', 'AbortError'));
  for (const callback of callbacks.splice(0)) callback();
}
