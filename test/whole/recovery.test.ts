// The platform dies at every single place: `npm run test:recovery`.
import { dieEverywhere } from '../reality/recovery/die-everywhere.ts';

dieEverywhere({ nth: 1, withinMs: 3_600_000 });
