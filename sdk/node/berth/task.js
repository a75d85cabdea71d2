// The task that this process belongs to, and what the launcher has learnt about it since. Both are files that the launcher alone writes:
// the first never changes, the second is replaced by renaming.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OutsideTask } from './errors.js';

// The variable is for those who run an algorithm outside a container, as `berth dev` does.
const PATH = process.env.BERTH_TASK_FILE ?? '/scratch/.berth/task.json';
const STATE_PATH = join(dirname(PATH), 'desired.json');

let known;
let told;
let toldStamp = '';

/** The task document. @throws OutsideTask */
export function task() {
  known ??= readTask();
  return known;
}

/** The directory that the launcher, the courier and the SDK share. */
export function directory() {
  return dirname(PATH);
}

/** What the launcher last said of the task; before it said anything, what the task document says. @throws OutsideTask */
export function taskState() {
  const found = statSync(STATE_PATH, { bigint: true, throwIfNoEntry: false });
  if (!found) return { run: 1, stop: null, endsAt: task().endsAt, clockOffsetMs: task().clockOffsetMs };
  const stamp = `${found.ino} ${found.mtimeNs}`;
  if (stamp !== toldStamp) {
    told = JSON.parse(readFileSync(STATE_PATH, 'utf8'));
    toldStamp = stamp;
  }
  return told;
}

function readTask() {
  try {
    return JSON.parse(readFileSync(PATH, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new OutsideTask(
      `This program runs outside Berth (${PATH} is missing), so it has no job and nowhere to send output. ` +
        'Upload its package to Berth and run an instance of it, or try it here with `berth dev`.',
    );
  }
}
