// Routes of applications and packages.
import { listApplications, showApplication } from '../../applications/application-reads.ts';
import { removeApplication, usePackage } from '../../applications/application-requests.ts';
import { checkPackage, pushPackage } from '../../applications/package-requests.ts';
import { BerthError } from '../../model/errors.ts';
import type { Package } from '../../model/package.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Handlers, Message } from '../handler.ts';
import { filteredPage, paged } from '../paging.ts';
import { applicationView, imageView, packageView } from '../views/application-views.ts';
import { projectFor } from './pushed-project.ts';

type ApplicationRoute =
  | 'listApplications'
  | 'pushPackage'
  | 'checkPackage'
  | 'showApplication'
  | 'usePackage'
  | 'removeApplication'
  | 'retryImage'
  | 'followInstallation';

/** Handlers of applications and packages. */
export function applicationHandlers(parts: ApiParts): Pick<Handlers, ApplicationRoute> {
  const { store, applications } = parts;
  return {
    listApplications: async ({ query, access }) => {
      const page = await filteredPage(
        query,
        (asked) => listApplications(store, asked),
        ({ application }) => access.sees(application.id),
      );
      return paged(page, ({ application }) => applicationView(application));
    },
    pushPackage: async (asked) => {
      const pushed = await pushPackage(applications, asked.body, (name) => projectFor(store, asked, name));
      return pushView(pushed.package, pushed.existed);
    },
    checkPackage: async ({ body, access }) => {
      const pkg = await checkPackage(applications, body);
      const isSeen = await access.sees(pkg.application);
      return pushView(pkg, isSeen && (await store.get('package', pkg.id)) !== undefined);
    },
    showApplication: async ({ params }) => showDetail(parts, params.application),
    usePackage: async ({ params, body }) =>
      applicationView(await usePackage(applications, params.application, body.package)),
    removeApplication: async ({ params }) => {
      await removeApplication(applications, params.application);
      return { removed: params.application };
    },
    retryImage: async ({ params }) => imageView(await parts.images.retry(params.package)),
    followInstallation: async (asked) => followInstallation(parts, asked),
  };
}

function pushView(pkg: Package, existed: boolean) {
  return { application: pkg.application, package: pkg.id, version: pkg.config.version, existed, warnings: [] };
}

async function showDetail({ store }: ApiParts, name: string) {
  const { application, packages, instances } = await showApplication(store, name);
  const images = await store.getMany(
    'image',
    packages.map(({ id }) => id),
  );
  const byId = new Map(images.map(({ doc }) => [doc.id, doc]));
  const views = packages.map((pkg) => packageView(pkg, byId.get(pkg.id)));
  return { ...applicationView(application), packages: views, instances: instances.map((instance) => instance.name) };
}

/** Looks first whether there is such an image: later the answer has begun. */
async function followInstallation(parts: ApiParts, asked: Asked<'followInstallation'>) {
  const id = asked.params.package;
  if (!(await parts.store.get('image', id))) throw new BerthError('request.not-found', { what: 'image', id });
  return installation(parts, asked);
}

async function* installation(
  { installations }: ApiParts,
  { params, signal }: Asked<'followInstallation'>,
): AsyncGenerator<Message> {
  for await (const line of installations.follow(params.package, signal)) yield { event: 'line', data: { line } };
  if (!signal.aborted) yield { event: 'end', data: {} };
}
