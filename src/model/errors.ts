// The one registry of errors that a person can meet: code, message, remedy, HTTP status, and whether trying again may help.
import { accountErrors } from './errors/account-errors.ts';
import { actionErrors } from './errors/action-errors.ts';
import { auditErrors } from './errors/audit-errors.ts';
import { backupErrors } from './errors/backup-errors.ts';
import { busErrors } from './errors/bus-errors.ts';
import { calendarErrors } from './errors/calendar-errors.ts';
import { cliErrors } from './errors/cli-errors.ts';
import { deploymentErrors } from './errors/deployment-errors.ts';
import { devErrors } from './errors/dev-errors.ts';
import { imageErrors } from './errors/image-errors.ts';
import { initializerErrors } from './errors/initializer-errors.ts';
import { instanceErrors } from './errors/instance-errors.ts';
import { jobErrors } from './errors/job-errors.ts';
import { machineErrors } from './errors/machine-errors.ts';
import { monitoringErrors } from './errors/monitoring-errors.ts';
import { nodeErrors } from './errors/node-errors.ts';
import { packageErrors } from './errors/package-errors.ts';
import { platformErrors } from './errors/platform-errors.ts';
import { providerErrors } from './errors/provider-errors.ts';
import { readingErrors } from './errors/reading-errors.ts';
import { scheduleErrors } from './errors/schedule-errors.ts';
import { secretErrors } from './errors/secret-errors.ts';
import { sensorErrors } from './errors/sensor-errors.ts';
import { serverErrors } from './errors/server-errors.ts';
import { userErrors } from './errors/user-errors.ts';

/** What the registry says of one error. Message and remedy may hold `{name}` places, filled from the error's details. */
export interface ErrorEntry {
  readonly message: string;
  readonly remedy: string;
  readonly status: number;
  /** `retry`: may pass by itself; `terminal`: will not. */
  readonly retry: 'retry' | 'terminal';
}

/** Every error code with its entry. `docs/errors.md` lists the same; a test compares them. */
export const ERRORS = {
  ...accountErrors,
  ...auditErrors,
  ...backupErrors,
  ...busErrors,
  ...calendarErrors,
  ...cliErrors,
  ...deploymentErrors,
  ...devErrors,
  ...imageErrors,
  ...initializerErrors,
  ...instanceErrors,
  ...jobErrors,
  ...machineErrors,
  ...monitoringErrors,
  ...nodeErrors,
  ...packageErrors,
  ...platformErrors,
  ...providerErrors,
  ...scheduleErrors,
  ...secretErrors,
  ...sensorErrors,
  ...readingErrors,
  ...actionErrors,
  ...userErrors,
  ...serverErrors,
} as const satisfies Record<string, ErrorEntry>;

/** A code in the registry. */
export type ErrorCode = keyof typeof ERRORS;

/** Values for the places in an error's message and remedy, and for programs that read it. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** One of several problems found at once, for example in an uploaded file. */
export interface Problem {
  readonly file: string;
  /** JSON path such as `$.algorithms[0].script`; empty when the whole file is meant. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  /** Line of the file, counted from 1; absent: the file has none, or nobody knows it. */
  readonly line?: number;
}

/** An error of the registry, with what is special about this time. */
export class BerthError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    details: ErrorDetails = {},
    options: { cause?: unknown; problems?: readonly Problem[] } = {},
  ) {
    super(fill(ERRORS[code].message, details), { cause: options.cause });
    this.name = 'BerthError';
    this.code = code;
    this.details = details;
    this.problems = options.problems ?? [];
  }

  /** What the person can do about it. */
  get remedy(): string {
    return fill(ERRORS[this.code].remedy, this.details);
  }

  /** HTTP status of the answer that carries it. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** Whether the same act may succeed later without anybody doing anything. */
  get retryable(): boolean {
    return ERRORS[this.code].retry === 'retry';
  }
}

function fill(text: string, details: ErrorDetails): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(details[name] ?? place));
}
