import { describeError, ScriptError } from "./seam/error.ts";
import type { Extent } from "./permissions.ts";
import type { Environment } from "./seam/host.ts";
import { fromBytes, fromText, toTextStrict } from "./seam/text.ts";

/** The environment of the process itself: what scripts run by `assay FILE` see and change. */
export class ProcessEnvironment implements Environment {
  readonly isInherited = true;

  get(name: string): string | undefined {
    if (!isName(name)) return undefined;
    try {
      return Deno.env.get(name);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.InvalidData)) throw cause;
      // Its own message would show the value
      throw new ScriptError(`env.get: the value of "${name}" is not valid UTF-8`, { cause });
    }
  }

  set(name: string, value: string | undefined): void {
    if (!isName(name)) throw new ScriptError(`env.set: invalid variable name "${name}"`);
    // Deno's own message would show the value
    if (value?.includes("\0")) throw new ScriptError(`env.set: the value of "${name}" has a zero byte`);
    try {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    } catch (error) {
      throw new ScriptError(`env.set: cannot set "${name}": ${describeError(error)}`, { cause: error });
    }
  }

  list(): Record<string, string> {
    return Deno.env.toObject();
  }

  getBytes(name: string): string | undefined {
    const text = toTextStrict(name);
    if (text !== undefined && this.#isText(text)) return mapText(this.get(text));
    // Nothing but the start of the process can have set it
    const value = inheritedBytes().get(name);
    return value !== undefined || text === undefined ? value : mapText(this.get(text));
  }

  listBytes(): readonly (readonly [string, string])[] {
    const listed = textEntries(this.list());
    const others = [...inheritedBytes()].filter(([name]) => {
      const text = toTextStrict(name);
      return text === undefined || !this.#isText(text);
    });
    return [...listed, ...others];
  }

  /** Whether a variable is not there, or has a value in UTF-8. */
  #isText(name: string): boolean {
    if (!isName(name)) return true;
    try {
      Deno.env.get(name);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.InvalidData) return false;
      throw error;
    }
  }
}

/**
 * The variables that the process began with, names and values as bytes: the platform hands on those in UTF-8 only, and
 * cannot set others. Only Linux tells.
 */
function inheritedBytes(): ReadonlyMap<string, string> {
  if (Deno.build.os !== "linux") return new Map();
  const entries = fromBytes(Deno.readFileSync("/proc/self/environ")).split("\0");
  return new Map(
    entries.filter((entry) => entry.includes("=")).map((entry) => {
      const end = entry.indexOf("=");
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

function mapText(value: string | undefined): string | undefined {
  return value === undefined ? undefined : fromText(value);
}

function textEntries(variables: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(variables).map(([name, value]) => [fromText(name), fromText(value)]);
}

/** Variables of a script's own, apart from the process: what a script check sees. */
export class FixedEnvironment implements Environment {
  readonly isInherited = false;
  readonly #variables: Map<string, string>;

  constructor(variables: Readonly<Record<string, string>>) {
    this.#variables = new Map(Object.entries(variables));
  }

  get(name: string): string | undefined {
    return this.#variables.get(name);
  }

  set(name: string, value: string | undefined): void {
    if (value === undefined) this.#variables.delete(name);
    else this.#variables.set(name, value);
  }

  list(): Record<string, string> {
    return Object.fromEntries(this.#variables);
  }

  getBytes(name: string): string | undefined {
    const text = toTextStrict(name);
    return text === undefined ? undefined : mapText(this.get(text));
  }

  listBytes(): readonly (readonly [string, string])[] {
    return textEntries(this.list());
  }
}

/** Some variables of the process, as they were when the script began: the others are denied. */
export class ConfinedEnvironment extends FixedEnvironment {
  readonly #allowed: Extent;

  /** @param allowed The names that may be read and set */
  constructor(variables: Readonly<Record<string, string>>, allowed: Extent) {
    super(variables);
    this.#allowed = allowed;
  }

  override get(name: string): string | undefined {
    this.#require(name);
    return super.get(name);
  }

  override set(name: string, value: string | undefined): void {
    if (!isName(name)) throw new ScriptError(`env.set: invalid variable name "${name}"`);
    this.#require(name);
    super.set(name, value);
  }

  #require(name: string): void {
    if (this.#allowed === true || (this.#allowed !== false && this.#allowed.includes(name))) return;
    // In the words of Deno, which are put in ours in one place
    throw new Deno.errors.NotCapable(`Requires env access to "${name}", run again with the --allow-env flag`);
  }
}

function isName(name: string): boolean {
  return name !== "" && !name.includes("=") && !name.includes("\0");
}
