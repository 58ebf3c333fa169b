// One row of an option table: from these rows come validation, help, environment names and the reference page.
import type { z } from 'zod';

export interface Option<T = unknown> {
  readonly schema: z.ZodType<T>;
  readonly default: T;
  /** One line; ends without a full stop. */
  readonly doc: string;
  /** The default in words, where its value depends on the machine. */
  readonly defaultText?: string;
  /** A second, shorter flag for it, without dashes. */
  readonly alias?: string;
  /** Never printed. */
  readonly isSecret?: boolean;
  /** A file or folder: in a configuration file relative to that, else to where imagedex is started. '' names none. */
  readonly isPath?: boolean;
}

/** Option names in camelCase. The environment name is IMAGEDEX_ + UPPER_SNAKE, the flag --kebab-case. */
export type OptionTable = { readonly [name: string]: Option };
export type Values<T extends OptionTable> = {
  readonly [N in keyof T]: T[N] extends Option<infer V> ? V : never;
};

export const option = <T>(schema: z.ZodType<T>, fallback: T, doc: string, alias?: string): Option<T> => ({
  schema,
  default: fallback,
  doc,
  ...(alias === undefined ? {} : { alias }),
});
