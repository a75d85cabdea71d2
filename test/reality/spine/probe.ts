// The application with which the tests look at the platform from inside its containers.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';

const TICKER = `
import itertools, berth
for number in itertools.count(1):
    print(f"tick {number} run {berth.job.run}", flush=True)
    if number % 5 == 0:
        berth.output.write(f"{berth.job.run}:{number}")
    if berth.job.wait(0.1):
        print("asked to stop", flush=True)
        break
`;

const SCRIPTS: Readonly<Record<string, string>> = {
  'ticker.py': TICKER,
  'only.py': TICKER,
  'bytes.py': `
import hashlib, os, random, sys, berth
source = random.Random(7)
digests = {}
for name, stream in (("stdout", sys.stdout.buffer), ("stderr", sys.stderr.buffer)):
    data = source.randbytes(300_000) + b"\\xff\\xfe\\x00 " + b"x" * 40_000 + b"\\nno newline at the end"
    stream.write(data); stream.flush()
    digests[name] = hashlib.sha256(data).hexdigest()
berth.output.json(digests, name="digests")
`,
  'crash.py': 'import sys\nprint("about to crash", flush=True)\nsys.exit(3)\n',
  'stubborn.py': `
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf to TERM", flush=True)
while True: time.sleep(1)
`,
  'results.py': `
import berth, pathlib
berth.output.write("plain text")
berth.output.json({"slot": berth.job.slot, "copies": berth.job.copies, "parameters": dict(berth.job.parameters), "scheduled": berth.job.scheduled_at.isoformat(), "deadline": berth.job.deadline.isoformat() if berth.job.deadline else None}, name="context")
path = pathlib.Path("/scratch/table.csv"); path.write_text("a,b\\n1,2\\n")
berth.output.file(path, content_type="text/csv")
`,
  'rights.py': `
import os, berth
def writable(path):
    try:
        with open(path, "w"): return True
    except OSError: return False
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
berth.output.json({"uid": os.getuid(), "caps": status["CapEff"].strip(), "noNewPrivs": status["NoNewPrivs"].strip(), "rootWritable": writable("/x"), "appWritable": writable("/app/x"),
  "scratchWritable": writable("/scratch/x"), "interfaces": sorted(os.listdir("/sys/class/net")), "dockerSocket": os.path.exists("/var/run/docker.sock"), "token": any("token" in k.lower() for k in os.environ)}, name="rights")
`,
  'fetch.py': `
import urllib.request, berth
def get(url):
    try: return urllib.request.urlopen(url, timeout=5).read().decode()
    except Exception as error: return type(error).__name__
host = berth.job.parameters["host"]
berth.output.json({"declared": get(f"http://{host}:{berth.job.parameters['port']}/"), "undeclared": get("http://undeclared.example/")}, name="fetched")
`,
};

const KINDS: Readonly<Record<string, string>> = {
  ticker: 'continuous',
  only: 'continuous',
  crash: 'continuous',
  stubborn: 'continuous',
};
const SMALL = { cpus: 0.05, memoryMiB: 48, diskMiB: 16 };

/** Uploads the probe; each variant is a package of its own. */
export async function pushProbe(
  client: ApiClient,
  variant: string,
  network: readonly { host: string; ports: readonly number[] }[] = [],
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-probe-'));
  try {
    const algorithms = Object.keys(SCRIPTS).map((script) => algorithmOf(script));
    const config = { name: 'probe', version: variant, runtime: 'python', network, algorithms };
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config));
    for (const [name, text] of Object.entries(SCRIPTS)) await writeFile(join(directory, name), text);
    return (await client.call('pushPackage', { zip: await zipDirectory(directory) })).package;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function algorithmOf(script: string): Record<string, unknown> {
  const id = script.replace('.py', '');
  return {
    id,
    name: id,
    script,
    kind: KINDS[id] ?? 'run-to-completion',
    output: 'json',
    exactlyOne: id === 'only',
    resources: SMALL,
  };
}
