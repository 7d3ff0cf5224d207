import { describeError, ScriptError } from "./seam/error.ts";
import type { Extent } from "./permissions.ts";
import type { Environment } from "./seam/host.ts";

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
    const denied = new Deno.errors.NotCapable(
      `Requires env access to "${name}", run again with the --allow-env flag`,
    );
    throw new ScriptError(describeError(denied), { cause: denied });
  }
}

function isName(name: string): boolean {
  return name !== "" && !name.includes("=") && !name.includes("\0");
}
