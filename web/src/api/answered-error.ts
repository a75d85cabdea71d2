// What the platform answered instead of what was asked for: its words, with what to do.

/** One of several problems found at once, at its place in a file. */
export interface AnsweredProblem {
  readonly file: string;
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  readonly line?: number;
}

interface Words {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details?: Readonly<Record<string, string | number>>;
  readonly problems?: readonly AnsweredProblem[];
}

/** An error as the platform answers it. */
export class AnsweredError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  /** Values in the message, for who reads it as a program. */
  readonly details: Readonly<Record<string, string | number>>;
  readonly problems: readonly AnsweredProblem[];

  constructor(
    status: number,
    { code, message, remedy, details = {}, problems = [] }: Words,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = 'AnsweredError';
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.details = details;
    this.problems = problems;
  }

  /** Nothing answered at all. */
  static unreachable(cause: unknown): AnsweredError {
    const remedy = 'Check that it runs and that the network is there; this page tries again by itself.';
    return new AnsweredError(
      0,
      { code: 'console.unreachable', message: 'The platform does not answer.', remedy },
      { cause },
    );
  }

  /** Something answered that is not the platform, or a platform of another version. */
  static unreadable(status: number, cause: unknown): AnsweredError {
    const message = `The answer (${status}) cannot be read.`;
    const remedy = 'Load the page again; if that does not help, look into the log of the platform.';
    return new AnsweredError(status, { code: 'console.answer-unreadable', message, remedy }, { cause });
  }
}
