// Live streams as clients read them.

/** One message of a server-sent stream. */
export interface StreamMessage {
  readonly event: string;
  readonly data: unknown;
}

/** The messages in the bytes of a stream. Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): blank lines end messages, `:` begins comments. */
export async function* messagesIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage, void, undefined> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = messageOf(block);
      if (message) yield message;
    }
  }
}

function messageOf(block: string): StreamMessage | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart());
  const data = field('data').join('\n');
  return data === '' ? undefined : { event: field('event')[0] ?? 'message', data: JSON.parse(data) as unknown };
}
