// Readings of a device with QoS 1 that are lost when the platform is killed and started again, over and over.
import { CountingMeter } from '../../test/reality/sensors/counting-meter.ts';
import { figure, type Measure, type Part, type PartContext } from '../measure.ts';

const BETWEEN = 100;

/** Lost and doubled readings of a meter that never stops counting. */
export const restartLossPart: Part = { name: 'restart-loss', run: measures };

async function measures({ rounds, say }: PartContext): Promise<readonly Measure[]> {
  const meter = await CountingMeter.open();
  try {
    meter.count();
    for (let round = 1; round <= rounds; round++) {
      await meter.more(BETWEEN);
      await meter.platform.kill();
      meter.client = await meter.platform.start();
      say(`${round}/${rounds}: ${meter.sent} sent so far`);
    }
    await meter.more(BETWEEN);
    meter.stopCounting();
    const lost = (await meter.missing()).length;
    const doubled = (await meter.kept()).length - meter.sent;
    return [
      {
        name: `readings lost over ${rounds} kills of the platform`,
        unit: 'losses',
        ours: figure([lost]),
        floor: null,
        floorName: '',
        goal: { words: 'none', met: lost === 0 },
        note: `of ${meter.sent} with QoS 1, 200 a second; ${doubled} came twice`,
      },
    ];
  } finally {
    await meter.remove();
  }
}
