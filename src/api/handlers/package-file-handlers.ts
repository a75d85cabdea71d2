// Routes of what is in packages: one file, and two packages side by side.
import { comparePackages, type PackageComparison } from '../../applications/package-comparison-reads.ts';
import { openPackageFile } from '../../applications/package-file-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Bytes, Handlers } from '../handler.ts';

/** Of files that are text, whatever they call themselves: a browser interprets none of them. */
const TEXT_NAME =
  /(?:\.(?:py|js|mjs|cjs|ts|json|ya?ml|toml|ini|cfg|conf|md|rst|txt|csv|tsv|sh|sql|html?|css|xml|env)|(?:^|\/)(?:Dockerfile|Makefile|README|LICENSE))$/i;

/** Handlers of what is in packages. */
export function packageFileHandlers(parts: ApiParts): Pick<Handlers, 'comparePackages' | 'readPackageFile'> {
  const { store, applications } = parts;
  const reading = { store, archives: applications.archives };
  return {
    comparePackages: async ({ params }) =>
      comparisonView(await comparePackages(reading, [params.package, params.other])),
    readPackageFile: ({ params, query }) => readFile(reading, params.package, query),
  };
}

async function readFile(
  reading: Parameters<typeof openPackageFile>[0],
  id: string,
  { path }: Asked<'readPackageFile'>['query'],
): Promise<Bytes> {
  const { contents, sizeBytes } = await openPackageFile(reading, id, path);
  const contentType = TEXT_NAME.test(path) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  return { contentType, contents, sizeBytes, fileName: path.split('/').at(-1) ?? 'file' };
}

function comparisonView({ before, after, files, config, ...counts }: PackageComparison) {
  return {
    ...{ application: before.application, package: before.id, other: after.id, ...counts },
    versions: { before: before.config.version, after: after.config.version },
    files: files.map((file) => ({ ...file })),
    config: config.map((difference) => ({ ...difference })),
  };
}
