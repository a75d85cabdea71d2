// Errors as the API answers them: coded, with what to do; what is a fault of ours is logged and answered without its insides.
import type { FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { BerthError, type Problem } from '../model/errors.ts';
import { StoreConflict } from '../ports/store.ts';
import type { ApiParts } from './api-parts.ts';

/** Status and body of an answer that carries an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, unknown>> };
}

/** The answer to whatever a route threw. */
export function errorAnswer(
  error: unknown,
  { log, random }: Pick<ApiParts, 'log' | 'random'>,
  request: FastifyRequest,
): ErrorAnswer {
  const known = knownError(error, request);
  if (known) return answerOf(known);
  const id = random.id(8);
  log.error('A request failed for a reason of ours', {
    id,
    method: request.method,
    route: request.routeOptions.url,
    error,
  });
  return answerOf(new BerthError('platform.internal', { detail: `error ${id}` }));
}

function answerOf(error: BerthError): ErrorAnswer {
  const { code, message, remedy, details, problems, status } = error;
  return { status, body: { error: { code, message, remedy, details, problems } } };
}

function knownError(error: unknown, { method, url }: FastifyRequest): BerthError | undefined {
  if (error instanceof BerthError) return error;
  if (error instanceof StoreConflict)
    return new BerthError('platform.store-conflict', { kind: error.kind, id: error.id });
  if (typeof error !== 'object' || error === null) return undefined;
  if ('noRoute' in error) return new BerthError('request.no-route', { method, url: url.split('?', 1)[0] ?? '' });
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validation, error.validationContext);
  return 'statusCode' in error ? refusedByServer(error, error.statusCode) : undefined;
}

/** What fastify itself refuses: bodies that are too large or are not JSON, too many requests. */
function refusedByServer(error: object, status: unknown): BerthError | undefined {
  const detail = 'message' in error ? String(error.message) : '';
  if (status === 429)
    return new BerthError('request.too-many', { limit: 6000, window: 'a minute', retryAfter: 'a minute' });
  return typeof status === 'number' && status >= 400 && status < 500
    ? new BerthError('request.invalid', { detail })
    : undefined;
}

type Validation = readonly { readonly instancePath: string; readonly message?: string | undefined }[];

function invalid(validation: Validation, place: string | undefined): BerthError {
  const problems: Problem[] = validation.map(({ instancePath, message = '' }) => ({
    file: place ?? 'request',
    path: `$${instancePath.replaceAll('/', '.')}`,
    found: 'what was sent',
    expected: message,
  }));
  const detail = problems.map(({ path, expected }) => `${path}: ${expected}`).join('; ');
  return new BerthError('request.invalid', { detail }, { problems });
}
