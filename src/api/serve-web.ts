// Serves the built console: its files, and its one page for every address that people may open. Nothing of it lies below /api.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiParts } from './api-parts.ts';
import { noRouteAnswer } from './error-answer.ts';

type WebParts = Pick<ApiParts, 'edge' | 'random'>;

const PAGE = 'index.html';
/** Names in it change with the contents. */
const HASHED = '/assets/';
const YEAR_SECONDS = 31_536_000;
/** Where the page has the word that styles made in the browser must carry. */
const NONCE_PLACE = '{{nonce}}';

const NOT_BUILT = `Berth runs; its API is at /api/v1, and 'berth --help' tells what the command line does.

The console is not built yet. In the directory of the program:

    npm install
    npm run build

Then open this page again.
`;

/** Adds the routes of the console. */
export async function serveWeb(server: FastifyInstance, parts: WebParts): Promise<void> {
  const { webDirectory: directory } = parts.edge;
  await server.register(fastifyStatic, {
    ...{ root: directory, serve: false, preCompressed: true, suppressWarning: true },
    ...{ index: false, dotfiles: 'deny', cacheControl: false },
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(directory, HASHED));
      const kept = isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
      reply.header('cache-control', kept).header('content-security-policy', policy(undefined));
    },
  });
  const config = { permission: 'public' } as const;
  const schema = { hide: true };
  server.get('/', { config, schema }, (_, reply) => sendPage(parts, reply));
  server.get('/*', { config, schema }, (request, reply) => {
    const path = (request.params as { readonly '*': string })['*'];
    if (isOfApi(request.url)) return sendNothing(request, reply);
    if (path === PAGE) return sendPage(parts, reply);
    return reply.sendFile(`/${path}`);
  });
}

/** What is no file: an address of the console for a browser that wants a page, nothing for everybody else. */
export function sendOther(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> | FastifyReply {
  const { method, url, headers } = request;
  const wantsPage = method === 'GET' && (headers.accept ?? '').includes('text/html');
  if (!wantsPage || isOfApi(url) || url.startsWith(HASHED)) return sendNothing(request, reply);
  return sendPage(parts, reply);
}

function isOfApi(url: string): boolean {
  return /^\/api(?:[/?]|$)/i.test(url);
}

function sendNothing(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body } = noRouteAnswer(request);
  return reply.status(status).send(body);
}

/** The page has a new nonce each time, so it is never kept. */
async function sendPage({ edge, random }: WebParts, reply: FastifyReply): Promise<FastifyReply> {
  const page = await builtPage(edge.webDirectory);
  reply.status(200).header('cache-control', 'no-store');
  if (page === undefined) return reply.type('text/plain; charset=utf-8').send(NOT_BUILT);
  const nonce = Buffer.from(random.bytes(16)).toString('base64');
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy(nonce))
    .send(page.replaceAll(NONCE_PLACE, nonce));
}

async function builtPage(directory: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, PAGE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** https://www.w3.org/TR/CSP3/: only what this server sends, in no frame; styles made in the browser only with the page's own nonce. */
function policy(nonce: string | undefined): string {
  const styles = nonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    styles,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
