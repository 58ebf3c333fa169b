// Room for images that are being described, bounded in number and bytes; who comes first gets in first.

export interface Room {
  /** Waits until there is room; what it returns gives it back. */
  enter(bytes: number): Promise<() => void>;
}

export function openRoom(maxImages: number, maxBytes: number): Room {
  const waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  let images = 0;
  let held = 0;

  // What is larger than the whole room passes alone.
  const fits = (bytes: number): boolean => images < maxImages && (held + bytes <= maxBytes || images === 0);

  const admit = (): void => {
    for (let first = waiting[0]; first !== undefined && fits(first.bytes); first = waiting[0]) {
      waiting.shift();
      images += 1;
      held += first.bytes;
      first.enter();
    }
  };

  return {
    enter: (bytes) =>
      new Promise((resolve) => {
        const leave = (): void => {
          images -= 1;
          held -= bytes;
          admit();
        };
        waiting.push({ bytes, enter: () => resolve(leave) });
        admit();
      }),
  };
}
