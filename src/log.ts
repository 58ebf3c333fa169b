// Messages for people and machines who watch: to standard error, readable on a terminal, JSON lines elsewhere.
import { plainMessage } from './plain-text.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Log = {
  readonly [L in Level]: (message: string, facts?: Readonly<Record<string, unknown>>) => void;
};

const order: readonly Level[] = ['debug', 'info', 'warn', 'error'];

export function openLog(
  least: Level,
  write = (line: string): unknown => process.stderr.write(line),
  pretty = process.stderr.isTTY,
): Log {
  const at =
    (level: Level) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
      if (order.indexOf(level) < order.indexOf(least)) return;
      if (pretty) {
        const words = Object.entries(facts).map(
          ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
        );
        write(`${level}: ${plainMessage(`${message}${words.join('')}`)}\n`);
      } else {
        write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...facts })}\n`);
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
