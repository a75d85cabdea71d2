// The bare client of the floor: it hears every reading at a broker and does nothing with it but look when it was sent.
import { connectAsync } from 'mqtt';
import { wallNow } from '../wall-clock.ts';
import { answerOrders } from './child.ts';
import { Window } from './window.ts';

const { url, qos } = JSON.parse(process.argv[2] ?? '{}') as { readonly url: string; readonly qos: 0 | 1 };
const client = await connectAsync(url, { protocolVersion: 4, keepalive: 300 });
const window = new Window();
client.on('message', (_, payload) => {
  window.arrived((JSON.parse(payload.toString()) as { at: number }).at, wallNow());
});
await client.subscribeAsync('berth/+/readings', { qos });
answerOrders({}, { begin: () => window.begin(), end: () => window.end() });
