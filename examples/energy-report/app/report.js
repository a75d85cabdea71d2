// Reads what the meters measured lately, writes a table and a chart, and ends.
//
// Parameters: `seconds` to look back (3600).
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { job, log, output, sensors } from 'berth';
import { asChart, asCsv, summarise } from './energy.js';

const seconds = Number(job.parameters.seconds ?? '3600');
const summaries = [];
for await (const meter of sensors.meters) {
  const [readings, { name }] = await Promise.all([meter.window(seconds), meter.about()]);
  if (readings.length < 2) log.warning('A meter has measured too little to tell', { meter: name });
  else summaries.push(summarise(name, readings));
}
if (summaries.length === 0) throw new Error('no meter has measured anything in that time');

await give('energy.csv', asCsv(summaries));
await give('energy.svg', asChart(summaries));
log.info('The report is there', { meters: summaries.length });

async function give(name, text) {
  const path = join(process.env.HOME ?? '.', name);
  await writeFile(path, text);
  await output.file(path, { name });
}
