// Two applications: one that keeps a secret and tells only its digest, and a stranger that tries to come by it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';

const KEEPER = `
import berth, hashlib, os, stat
seen = None
while not berth.job.wait(0.05):
    value = berth.secret("db-password")
    digest = hashlib.sha256(value.encode()).hexdigest()
    if digest == seen: continue
    seen = digest
    path = "/run/secrets/db-password"
    found = os.stat(path)
    mount = [line.split() for line in open("/proc/mounts") if line.split()[1] == "/run/secrets"][0]
    berth.output.json({"digest": digest, "run": berth.job.run, "mode": oct(stat.S_IMODE(found.st_mode)), "uid": found.st_uid,
      "directory": oct(stat.S_IMODE(os.stat("/run/secrets").st_mode)), "kind": mount[2], "names": sorted(os.listdir("/run/secrets"))}, name=digest[:8])
    print("read", digest, flush=True)
    berth.actions.webhook(berth.job.parameters["hook"], {"digest": digest})
`;

const STRANGER = `
import berth, json, os, socket
def asked():
    task = json.load(open("/scratch/.berth/task.json"))
    link = socket.socket(socket.AF_UNIX); link.settimeout(10); link.connect(task["socket"])
    link.sendall(f"GET /sdk/v1/secrets?known= HTTP/1.1\\r\\nHost: berth\\r\\nAuthorization: Bearer {task['token']}\\r\\nConnection: close\\r\\n\\r\\n".encode())
    said = b""
    while piece := link.recv(65536): said += piece
    return json.loads(said.partition(b"\\r\\n\\r\\n")[2])
try: read = berth.secret("db-password")
except berth.SecretMissing as error: read = f"missing: {error}"
berth.output.json({"read": read, "asked": asked(), "files": sorted(os.listdir("/run/secrets")) if os.path.exists("/run/secrets") else [], "mounts": open("/proc/mounts").read().count("/run/secrets")}, name="stolen")
`;

const CONFIGS = {
  vault: { script: 'keeper.py', text: KEEPER, kind: 'continuous', actions: ['webhook'] },
  stranger: { script: 'stranger.py', text: STRANGER, kind: 'run-to-completion', actions: [] },
} as const;

/** Uploads one of the two; its only algorithm is called `main`. */
export async function pushVault(client: ApiClient, application: keyof typeof CONFIGS): Promise<void> {
  const { script, text, kind, actions } = CONFIGS[application];
  const directory = await mkdtemp(join(tmpdir(), 'berth-vault-'));
  try {
    const resources = { cpus: 0.05, memoryMiB: 48, diskMiB: 16 };
    const main = { id: 'main', name: 'main', script, kind, output: 'json', actions, resources };
    const config = { name: application, version: '1', runtime: 'python', algorithms: [main] };
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config));
    await writeFile(join(directory, script), text);
    await client.call('pushPackage', { zip: await zipDirectory(directory) });
  } finally {
    await rm(directory, { recursive: true });
  }
}
