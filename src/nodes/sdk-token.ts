// Task tokens: `base64url(task id) . base64url(HMAC-SHA256(key, task id))`. Nothing is stored; a token is good as long as its task runs.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Longest token that is looked at. */
const LONGEST_TOKEN = 1024;

/** The token of a task. */
export function makeTaskToken(key: Uint8Array, task: string): string {
  return `${Buffer.from(task).toString('base64url')}.${signature(key, task).toString('base64url')}`;
}

/** The task that a token was made for with this key; undefined for anything else. */
export function checkTaskToken(key: Uint8Array, token: string): string | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  const [id = '', given = '', ...more] = token.split('.');
  if (more.length > 0) return undefined;
  const task = Buffer.from(id, 'base64url').toString();
  const made = signature(key, task);
  const presented = Buffer.from(given, 'base64url');
  return presented.length === made.length && timingSafeEqual(presented, made) ? task : undefined;
}

function signature(key: Uint8Array, task: string): Buffer {
  return createHmac('sha256', key).update(task).digest();
}
