// A page for addresses that lead nowhere.
import { Lost } from '../shown/lost.tsx';

/** Says that there is nothing. */
export function LostPage() {
  return (
    <main>
      <Lost />
    </main>
  );
}
