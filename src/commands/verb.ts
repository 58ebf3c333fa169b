// What a verb is: a row from which its help, its flags and its reference page are made, and the function that does it.
import type { Config, OptionName } from '../config/config.ts';

/** `count`: a whole number from 1 to `most`. `share`: a number from 0 to 1. `text`: not blank. `texts`: several. */
export interface Flag {
  readonly type: 'boolean' | 'count' | 'share' | 'text' | 'texts';
  /** How help calls its value. */
  readonly value?: string;
  readonly most?: number;
  readonly doc: string;
}

export type FlagValue = boolean | number | string | readonly string[];

export interface Terminal {
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Standard output: results. */
  readonly out: (text: string) => void;
  /** Resolves when there is room for more of it; absent where there always is. */
  readonly drained?: () => Promise<void>;
  /** Standard error: progress and errors. */
  readonly err: (text: string) => void;
  /** Asks the person at the terminal; absent where there is none. */
  readonly ask?: (question: string) => Promise<string>;
}

export interface Call {
  readonly words: readonly string[];
  /** Only those that were given, by their names without dashes. */
  readonly flags: Readonly<Record<string, FlagValue>>;
  readonly json: boolean;
  readonly config: Config;
  /** The folder that it was started in. */
  readonly cwd: string;
  /** How to start it again: `imagedex`, `npx imagedex`. */
  readonly program: string;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Verb {
  readonly name: string;
  /** What follows the name: `SOURCE…`. */
  readonly words: string;
  readonly leastWords: number;
  readonly mostWords: number;
  /** One line; ends without a full stop. */
  readonly doc: string;
  readonly details: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** The options that matter most for it, shown in its help. */
  readonly options: readonly OptionName[];
  /** What holds in place of an option's default, where the verb has another. */
  readonly defaults?: Readonly<Partial<Record<OptionName, string>>>;
  readonly examples: readonly string[];
  /** What --json prints, as an example; a line for each where there are several. */
  readonly json: string;
  /** The exit code. */
  readonly run: (call: Call) => Promise<number>;
}

export const exitCodes = { ok: 0, error: 1, usage: 2, interrupted: 130, terminated: 143 } as const;
