/** The log on stderr: one line an event, `<time> <level> <message> key=value`. */
import type { LogFields, Logger } from "./seam/host.ts";

/** How much is logged: each level includes those before it. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug" | "trace";

const LEVELS: readonly LogLevel[] = ["off", "error", "warn", "info", "debug", "trace"];
const COLOURS = { error: 31, warn: 33, info: 32, debug: 34 } as const;

/** Which script output counts as in `RUST_LOG`. */
const TARGET = "lua";

/** What a logger is made of. */
export interface LogOptions {
  level: LogLevel;
  colour: boolean;
  /** Takes a line with its end. */
  write(line: string): void;
  /** Milliseconds since 1970, with fractions. @default the clock */
  now?: () => number;
}

/** Makes a logger. Messages of several lines are written as they are. */
export function createLogger({ level, colour, write, now = clock }: LogOptions): Logger {
  const limit = LEVELS.indexOf(level);
  const at = (name: keyof typeof COLOURS) => {
    if (LEVELS.indexOf(name) > limit) return () => {};
    const label = name.toUpperCase().padStart(5);
    const shown = colour ? `\x1b[${COLOURS[name]}m${label}\x1b[0m` : label;
    return (message: string, fields: LogFields = {}) => {
      write(`${timestamp(now())} ${shown} ${message}${formatFields(fields)}\n`);
    };
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

const clock = () => performance.timeOrigin + performance.now();

/** RFC 3339 in UTC with microseconds. */
function timestamp(milliseconds: number): string {
  const micros = String(Math.floor((milliseconds % 1) * 1000)).padStart(3, "0");
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${micros}Z`;
}

function formatFields(fields: LogFields): string {
  let text = "";
  for (const [key, value] of Object.entries(fields)) {
    const shown = typeof value === "string" && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value);
    text += ` ${key}=${shown}`;
  }
  return text;
}

/**
 * The level that `RUST_LOG` asks for: a comma list of `level` or `target=level`, of which the target `lua` and
 * those without a target count. Unset or unreadable means info.
 */
export function parseLogLevel(text: string | undefined): LogLevel {
  let general: LogLevel | undefined;
  let targeted: LogLevel | undefined;
  for (const part of (text ?? "").split(",")) {
    const [first = "", second] = part.trim().toLowerCase().split("=");
    const level = LEVELS.find((name) => name === (second ?? first));
    if (level === undefined) continue;
    if (second === undefined) general = level;
    else if (first === TARGET) targeted = level;
  }
  return targeted ?? general ?? "info";
}
