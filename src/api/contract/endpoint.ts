// What one route of the API is, without the schemas of what it carries.
import type { PlatformPermission, ProjectPermission } from '../../model/permission.ts';

/**
 * On what a permission of projects is judged: the object that the path parameter of that name tells; `listed`, when the handler answers
 * only what its caller may see; `body`, when the handler finds the application in what was sent, and asks there.
 */
export type JudgedOn = 'application' | 'package' | 'instance' | 'job' | 'task' | 'log' | 'action' | 'listed' | 'body';

/** One route without its schemas. */
export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  /**
   * Where several processes are the platform, which of them answers: `sensors`, the one that devices are connected to; `image`, the one that
   * makes the image of the package that the path names. Without it, any.
   */
  readonly answeredBy?: 'sensors' | 'image';
} & (
  | { readonly permission: ProjectPermission; readonly on: JudgedOn }
  | {
      /**
       * `public`: nobody in particular; `self`: whoever is signed in, about their own account; `device`: to be the device of the sensor
       * that the path names, with the credential of the sensor itself.
       */
      readonly permission: PlatformPermission | 'public' | 'self' | 'device';
      readonly on?: never;
    }
);
