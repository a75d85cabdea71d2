// A live route on a page: followed while the page is open, taken up again when the connection breaks.
import { useEffect, useRef, useState } from 'react';
import type { CallWords } from '../../../src/api/contract/call-path.ts';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { StreamMessage } from '../../../src/api/contract/stream-messages.ts';
import { AnsweredError } from './answered-error.ts';
import { follow } from './call.ts';

const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 30_000;

/** How a stream is doing. */
export type StreamState = 'live' | 'waiting' | 'ended' | 'refused';

/** Follows a live route; `onMessage` is called for each message. */
export function useStream(
  name: RouteName,
  words: CallWords,
  onMessage: (message: StreamMessage) => void,
  enabled = true,
): StreamState {
  const [state, setState] = useState<StreamState>('waiting');
  const told = useRef(onMessage);
  told.current = onMessage;
  const key = JSON.stringify(words);
  useEffect(() => {
    if (!enabled) return;
    const leaving = new AbortController();
    void followOn(name, JSON.parse(key) as CallWords, leaving.signal, (message) => told.current(message), setState);
    return () => leaving.abort();
  }, [name, key, enabled]);
  return state;
}

async function followOn(
  name: RouteName,
  words: CallWords,
  signal: AbortSignal,
  tell: (message: StreamMessage) => void,
  setState: (state: StreamState) => void,
): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, MOST_WAIT_MS)) {
    try {
      for await (const message of follow(name, { ...words, signal }, () => setState('live'))) {
        waitMs = FIRST_WAIT_MS;
        if (message.event === 'end') return setState('ended');
        tell(message);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof AnsweredError && error.status >= 400 && error.status < 500) return setState('refused');
    }
    setState('waiting');
    await waited(waitMs, signal);
  }
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
