// The spool: records on the scratch volume that wait until the platform has them. A record is one file, `<nanoseconds>-<pid>-<n>.rec`: a
// line of JSON (the platform's `Berth-Record` header) and then the bytes. It is written under another name, made durable, and renamed, so
// that a file ending in `.rec` is whole. The courier, which is the launcher's in Python, ships records in the order of their names.
import {
  closeSync,
  constants,
  fdatasyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { SpoolFull } from './errors.js';
import { directory, task, taskState } from './task.js';

const DEFAULT_BYTES = 64 * 1024 * 1024;
// What a record costs at least: this bounds the number of small records as well as their bytes.
const SMALLEST_CHARGE = 4096;
const USAGE_KEPT_MS = 1000;
// The platform takes no larger one.
const LARGEST_BYTES = 2 ** 30;
/** Threads of a process have its pid in common. */
const NAMES_OF_A_THREAD = 1_000_000_000;

let count = threadId * NAMES_OF_A_THREAD;
let lastNs = 0n;
let used = 0;
let usedKnownAt = Number.NEGATIVE_INFINITY;

/** The platform's time in milliseconds since the epoch, as this node knows it. */
export function platformMs() {
  return Math.round(Date.now() - taskState().clockOffsetMs);
}

/** Spools a record whose bytes are at hand; it is durable when this returns. @throws SpoolFull */
export function putNow(record, body) {
  reserve(body.length);
  const { part, whole } = newPaths();
  try {
    const file = openSync(part, 'wx', 0o600);
    try {
      writeAll(file, Buffer.concat([headerLine(record), body]));
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, whole);
  } catch (error) {
    rmSync(part, { force: true });
    throw spoolError(error);
  }
  wakeCourier();
}

/** Spools a record whose bytes come in pieces, `size` of them at most; it is durable when this resolves. @throws SpoolFull */
export async function put(record, pieces, size) {
  reserve(size);
  const { part, whole } = newPaths();
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(headerLine(record));
      for await (const piece of pieces) await file.writeFile(piece);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(part, whole);
  } catch (error) {
    await rm(part, { force: true });
    throw spoolError(error);
  }
  wakeCourier();
}

/** Throws SpoolFull when a record of that many bytes has no room. Other processes' records are seen within a second. */
function reserve(size) {
  const limit = task().spoolBytes ?? DEFAULT_BYTES;
  const charge = Math.max(size, SMALLEST_CHARGE);
  if (size > LARGEST_BYTES) {
    throw new SpoolFull(
      `An output of ${size} bytes is larger than the platform takes, which is ${LARGEST_BYTES}; give it in parts.`,
    );
  }
  // One that is larger than the whole spool is taken while the others are within the bound: only one such waits at a time.
  const beside = charge > limit ? 0 : charge;
  if (performance.now() - usedKnownAt > USAGE_KEPT_MS || used + beside > limit) measure();
  if (used + beside > limit) {
    throw new SpoolFull(
      `${used} bytes of output wait for the platform and the spool holds ${limit}, so ${size} bytes more were not taken. ` +
        'The platform has not been reachable for a while, or output is produced faster than it is fetched; try again later.',
    );
  }
  used += charge;
}

function measure() {
  used = 0;
  for (const name of readdirSync(spoolPath())) {
    // One that was shipped between listing and looking is not there any more.
    const found = statSync(join(spoolPath(), name), { throwIfNoEntry: false });
    if (found?.isFile()) used += Math.max(found.size, SMALLEST_CHARGE);
  }
  usedKnownAt = performance.now();
}

function spoolPath() {
  return join(directory(), 'spool');
}

/** Names sort by time; within a process they never go back, even when its clock does. */
function newPaths() {
  count += 1;
  const ns = BigInt(Date.now()) * 1_000_000n;
  lastNs = ns > lastNs ? ns : lastNs + 1n;
  const name = `${String(lastNs).padStart(20, '0')}-${process.pid}-${count}`;
  return { part: join(spoolPath(), `${name}.part`), whole: join(spoolPath(), `${name}.rec`) };
}

function headerLine(record) {
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return Buffer.from(`${JSON.stringify(record).replace(/[\u007f-\uffff]/g, escaped)}\n`, 'ascii');
}

function writeAll(file, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function spoolError(error) {
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return error;
  return new SpoolFull(`The output could not be written to the container's scratch volume: ${error.message}`, {
    cause: error,
  });
}

/** Tells the courier that there is something; when it does not listen it finds the record by itself. */
function wakeCourier() {
  try {
    const pipe = openSync(join(directory(), 'wake'), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(pipe, '\n');
    } finally {
      closeSync(pipe);
    }
  } catch {
    // As said: it looks by itself.
  }
}
