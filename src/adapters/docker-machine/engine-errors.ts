// The engine's answers and failures in the words of the registry.
import { BerthError } from '../../model/errors.ts';

/** What was asked of the engine, for the error's text. */
export interface Asked {
  readonly act: string;
  readonly address: string;
}

/** An answer that says no: the engine's own words and HTTP status. Methods that know better catch it by its status. */
export class EngineRefusal extends Error {
  readonly status: number;
  readonly words: string;

  constructor(status: number, body: string) {
    const words = wordsOf(body) || `HTTP ${status}`;
    super(words);
    this.status = status;
    this.words = words;
  }
}

/** Whether an error is the engine's answer with one of these statuses. */
export function refusedWith(error: unknown, ...statuses: readonly number[]): error is EngineRefusal {
  return error instanceof EngineRefusal && statuses.includes(error.status);
}

/** The error of the registry for anything that an exchange with the engine can throw. */
export function toBerthError(error: unknown, asked: Asked): BerthError {
  if (error instanceof BerthError) return error;
  if (error instanceof EngineRefusal) return refusalError(error, asked);
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new BerthError('machine.disconnected', { address: asked.address, reason }, { cause: error });
}

/** The error for words of the engine that came inside a successful answer. */
export function wordsError(words: string, asked: Asked): BerthError {
  return refusalError(new EngineRefusal(500, words), asked);
}

function refusalError(refusal: EngineRefusal, { act }: Asked): BerthError {
  const { words, status } = refusal;
  if (words.includes('no space left on device')) return new BerthError('machine.disk-full', { words });
  const code = status >= 500 ? 'machine.engine-error' : 'machine.engine-refused';
  return new BerthError(code, { act, words }, { cause: refusal });
}

function wordsOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message).trim();
  } catch {
    // Not JSON: some of the engine's answers are plain text, and are the words themselves.
  }
  return body.trim();
}
