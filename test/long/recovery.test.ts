// The platform dies at every third place, beginning with the one that the seed says: three seeds in a row come to all of them.
import { dieEverywhere } from '../reality/recovery/die-everywhere.ts';

dieEverywhere({ nth: 3, withinMs: 900_000 });
