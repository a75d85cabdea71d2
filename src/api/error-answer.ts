// Errors as the API answers them: coded, with what to do; what is a fault of ours is logged and answered without its insides.
import type { FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { BerthError } from '../model/errors.ts';
import { StoreConflict } from '../ports/store.ts';
import type { ApiParts } from './api-parts.ts';
import { requestProblem } from './request-problem.ts';

/** Status and body of an answer that carries an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, unknown>> };
}

type Answering = Pick<ApiParts, 'log' | 'random'>;

/** The answer to whatever a route threw. */
export function errorAnswer(error: unknown, parts: Answering, request: FastifyRequest): ErrorAnswer {
  const known = knownError(error, request);
  if (known === undefined) return answerOf(internalError(error, parts, request));
  if (known.status >= 500) parts.log.warn('A request failed', { ...about(request), code: known.code, error });
  return answerOf(known);
}

/** The answer where there is no route. */
export function noRouteAnswer({ method, url }: FastifyRequest): ErrorAnswer {
  return answerOf(new BerthError('request.no-route', { method, url: url.split('?', 1)[0] ?? '' }));
}

function internalError(error: unknown, { log, random }: Answering, request: FastifyRequest): BerthError {
  const id = random.id(8);
  log.error('A request failed for a reason of ours', { id, ...about(request), error });
  return new BerthError('platform.internal', { detail: `error ${id}` });
}

function about({ method, routeOptions }: FastifyRequest) {
  return { method, route: routeOptions.url };
}

function answerOf(error: BerthError): ErrorAnswer {
  const { code, message, remedy, details, problems, status } = error;
  return { status, body: { error: { code, message, remedy, details, problems } } };
}

function knownError(error: unknown, request: FastifyRequest): BerthError | undefined {
  if (error instanceof BerthError) return error;
  if (error instanceof StoreConflict)
    return new BerthError('platform.store-conflict', { kind: error.kind, id: error.id });
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error, request);
  return error instanceof Error && 'statusCode' in error ? refusedByServer(error, error.statusCode) : undefined;
}

/** What fastify itself refuses: addresses that cannot be decoded, bodies that are too large or are not JSON. */
function refusedByServer(error: Error, status: unknown): BerthError | undefined {
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  return new BerthError('request.invalid', { detail: `${error.message.replace(/\.$/, '')}.` }, { cause: error });
}

type Validation = Error & {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string | undefined }[];
  readonly validationContext?: string | undefined;
};

function invalid({ validation, validationContext: place = 'body' }: Validation, request: FastifyRequest): BerthError {
  const problems = validation.map((issue) => requestProblem(request, place, issue));
  const detail = problems.map(({ path, expected }) => `${path}: ${expected}`).join('; ');
  return new BerthError('request.invalid', { detail: `${detail}.` }, { problems });
}
