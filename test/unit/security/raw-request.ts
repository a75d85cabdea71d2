// Requests as attackers write them: path, headers and bytes go out as they are, where ordinary clients would put them right.
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a request is made of; by default a GET without credentials. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Sends one request to a server that listens at an address. */
export function sendRaw(url: string, { method = 'GET', path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, method, path, headers, agent: false });
    asked.once('error', reject);
    asked.once('response', (response) => {
      const answer = { status: response.statusCode ?? 0, headers: response.headers };
      text(response).then((said) => resolve({ ...answer, text: said }), reject);
    });
    asked.end(body);
  });
}

/** Sends a JSON body. */
export function sendJson(url: string, asked: Omit<RawRequest, 'body'> & { readonly json: string }): Promise<RawAnswer> {
  const { json, headers = {}, ...rest } = asked;
  return sendRaw(url, { ...rest, body: json, headers: { 'content-type': 'application/json', ...headers } });
}

/** Sends bytes as they are and gives everything that comes back until the server ends the connection. */
export function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port) });
  socket.end(bytes);
  return text(socket);
}

/** The code of an error that was answered; undefined for anything else. */
export function codeOf({ text: said }: Pick<RawAnswer, 'text'>): string | undefined {
  try {
    return (JSON.parse(said) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}
