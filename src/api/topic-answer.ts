// Answers of the API as messages: small ones whole, long ones in parts.
import type { Instant } from '../model/instant.ts';
import type { ClientReply } from '../model/message.ts';

/** What the API answered. */
export interface TopicAnswer {
  readonly status: number;
  /** Media type. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Of a part that is not JSON: base64 makes a third more of it, and a message may hold a megabyte. */
const PART_BYTES = 512 * 1024;
const MOST_JSON_BYTES = 700 * 1024;
/** Who wants more asks for less at a time, or over HTTP. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The messages of an answer, numbered from one; the last one says so. */
export function replyParts(request: string, answer: TopicAnswer, at: Instant): readonly ClientReply[] {
  const { status } = answer;
  const bodies = bodiesOf(answer);
  return bodies.map((body, index) => {
    return { request, status, body, part: index + 1, isLast: index === bodies.length - 1, at };
  });
}

function bodiesOf({ type, bytes }: TopicAnswer): readonly unknown[] {
  if (bytes.length === 0) return [null];
  if (type.startsWith('application/json') && bytes.length <= MOST_JSON_BYTES)
    return [JSON.parse(bytes.toString('utf8'))];
  const parts: unknown[] = [];
  const whole = bytes.subarray(0, MOST_BYTES);
  for (let from = 0; from < whole.length; from += PART_BYTES)
    parts.push({ type, base64: whole.subarray(from, from + PART_BYTES).toString('base64') });
  if (bytes.length > MOST_BYTES) parts.push({ type, cutAtBytes: MOST_BYTES, ofBytes: bytes.length });
  return parts;
}
