// A client of server-sent events over a real socket.
import { request } from 'node:http';
import type { ApiWorld } from './api-world.ts';

/** One message as it came. */
export interface Received {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** An open stream. */
export interface OpenStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Messages as they come; ends when the server ends the stream, throws when it is cut off. */
  readonly messages: AsyncGenerator<Received, void, undefined>;
  /** Drops the connection. */
  leave(): void;
}

/** Opens a stream on a server that listens at `url`; a cookie stands in place of the token. */
export function openStream(
  { token }: Pick<ApiWorld, 'token'>,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const known = headers.cookie === undefined ? { authorization: `Bearer ${token}` } : {};
    const asked = request(url, { headers: { ...known, ...headers }, agent: false });
    asked.once('error', reject);
    asked.once('response', (response) => {
      const messages = messagesIn(response);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        messages,
        leave: () => asked.destroy(),
      });
    });
    asked.end();
  });
}

async function* messagesIn(chunks: AsyncIterable<Buffer>): AsyncGenerator<Received, void, undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + chunk.toString()).split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks.filter((block) => !block.startsWith(':')).map(messageOf);
  }
}

function messageOf(block: string): Received {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  return {
    event: fields.get('event') ?? '',
    id: fields.get('id'),
    data: JSON.parse(fields.get('data') ?? 'null') as unknown,
  };
}

/** The next so many messages. */
export async function take(stream: OpenStream, count: number): Promise<Received[]> {
  const taken: Received[] = [];
  while (taken.length < count) {
    const { value } = await stream.messages.next();
    if (!value) throw new Error(`The stream ended after ${taken.length} of ${count} messages`);
    taken.push(value);
  }
  return taken;
}
