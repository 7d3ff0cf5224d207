/** Regular expressions over Lua strings: RE2 syntax, matched in linear time. */
import { type Matcher, RE2JS, RE2JSException } from "re2js";
import { ScriptError } from "../../runtime/seam/error.ts";
import { fromText, toBytes, toTextStrict } from "../../runtime/seam/text.ts";
import { withoutExtended } from "./extended.ts";

/** How many patterns stay compiled. Each may hold some megabytes of states. */
const CACHE_SIZE = 64;
/** What of an explanation is shown. Characters. */
const MAX_REASON = 200;
const MAX_PATTERN = 64 * 1024;

// deno-lint-ignore no-control-regex -- the ASCII range
const NOT_ASCII = /[^\x00-\x7f]/;

/** Compiled patterns, the one used last at the end. */
const cache = new Map<string, Pattern>();

/** Where a match begins and ends, in bytes. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** The text of a group, 0 for the whole match; `undefined` for one that took no part. */
  group(index: number): string | undefined;
}

/** A compiled regular expression. */
export class Pattern {
  /** The names of groups, as bytes, with their numbers. */
  readonly names: ReadonlyMap<string, number>;

  /** @param regex For callers that match text, not bytes */
  private constructor(readonly regex: RE2JS) {
    this.names = new Map(Object.entries(regex.namedGroups()).map(([name, index]) => [fromText(name), index]));
  }

  /**
   * Compiles a pattern, or finds it compiled already.
   *
   * @param bytes The pattern, UTF-8
   * @param functionName What errors begin with, such as `regex.match`
   * @throws {ScriptError} When it is no regular expression
   */
  static of(bytes: string, functionName: string): Pattern {
    let pattern = cache.get(bytes);
    cache.delete(bytes);
    pattern ??= new Pattern(compile(bytes, functionName));
    cache.set(bytes, pattern);
    const [oldest] = cache.keys();
    if (cache.size > CACHE_SIZE && oldest !== undefined) cache.delete(oldest);
    return pattern;
  }

  get groupCount(): number {
    return this.regex.groupCount();
  }

  /** Whether the pattern matches anywhere in `text`. */
  test(text: string): boolean {
    return this.regex.test(inputOf(text));
  }

  /** The matches in `text`, from left to right, that do not overlap; an empty one never follows at once. */
  *matches(text: string): IterableIterator<Match> {
    const matcher = this.regex.matcher(inputOf(text));
    let end = -1;
    while (matcher.find()) {
      const match = matchOf(matcher, text);
      if (match.end > match.start || match.start !== end) yield match;
      end = match.end;
    }
  }
}

function compile(bytes: string, functionName: string): RE2JS {
  const fail = (reason: string, cause?: unknown) =>
    new ScriptError(`${functionName}: invalid pattern: ${reason}`, { cause });
  const text = toTextStrict(bytes);
  if (text === undefined) throw fail("not valid UTF-8");
  if (text.length > MAX_PATTERN) throw fail(`longer than ${MAX_PATTERN} characters`);
  try {
    return RE2JS.compile(withoutExtended(text));
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /, "");
    // It may quote the whole pattern
    throw fail(reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason, error);
  }
}

/** Text in UTF-8, so that positions are in bytes; bytes that are no UTF-8 match `.` one at a time. */
function inputOf(text: string): string | Uint8Array {
  return NOT_ASCII.test(text) ? toBytes(text) : text;
}

function matchOf(matcher: Matcher, text: string): Match {
  return {
    start: matcher.start(),
    end: matcher.end(),
    group(index) {
      const start = matcher.start(index);
      return start < 0 ? undefined : text.slice(start, matcher.end(index));
    },
  };
}
