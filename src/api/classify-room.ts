// How many images may be classified for clients at a time, and how much memory what they send may take.
import { ByteBudget } from '../budget.ts';

/** Gives the place back; null: there is none, the client is to come again. */
export type Place = (() => void) | null;

export interface ClassifyRoom {
  /** At once or not at all: who waits here would wait with a body that nobody reads. */
  enter(bytes: number): Place;
}

export const retryAfterSeconds = 1;
export const busyMessage = 'Too many images are being classified. Try again in a second.';

export function openClassifyRoom(limits: {
  readonly maxImages: number;
  readonly maxBytes: number;
}): ClassifyRoom {
  const budget = new ByteBudget(limits.maxBytes);
  let images = 0;
  return {
    enter(bytes) {
      const hold = budget.hold();
      if (images >= limits.maxImages || !hold.tryReserve(bytes)) return null;
      images += 1;
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        images -= 1;
        hold.release();
      };
    },
  };
}
