// HTTP requests to addresses that people name. Never to private addresses unless they are allowed, whatever names and redirects say.
import type { SendOutcome } from './mailer.ts';

/** One request. */
export interface WebCall {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Hosts, addresses or networks (CIDR) that may be private all the same. */
  readonly allowPrivate: readonly string[];
  /** Where a redirect may lead; `same-origin` for what carries a secret. */
  readonly redirects: 'anywhere' | 'same-origin';
  readonly timeoutMs: number;
}

/** The answer. Its text is cut off after a few hundred characters. */
export interface WebAnswer extends SendOutcome {
  /** Null: none came. */
  readonly status: number | null;
}

/** Calls other people's servers. Any 2xx is `delivered`; 408, 425, 429 and 5xx are `failed`; other answers, and addresses that may not be called, are `refused`. */
export interface WebCaller {
  call(call: WebCall, signal: AbortSignal): Promise<WebAnswer>;
}
