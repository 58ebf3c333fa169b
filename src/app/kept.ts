// What is opened once, by the first who needs it. An opening that fails is not kept: whoever asks next opens anew.

export interface Kept<T> {
  open(): Promise<T>;
  /** Opens nothing, but waits for what is being opened; undefined where there is nothing. */
  opened(): Promise<T | undefined>;
}

export function kept<T>(make: () => Promise<T>): Kept<T> {
  let made: Promise<T> | undefined;
  return {
    open: () => {
      made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
    opened: async () => made?.catch(() => undefined),
  };
}
