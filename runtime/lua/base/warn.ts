/** The warnings of a VM: off until `warn("@on")`, as PUC-Rio's. */
import { checkString } from "../library/arguments.ts";
import { type LuaResult, NOTHING } from "../library/callback.ts";
import type { LuaValue } from "../table.ts";

/** Whether a VM shows warnings, and where. */
export class Warnings {
  #isOn = false;

  /** @param write Where they go, bytes */
  constructor(readonly write: (message: string) => void) {}

  /** Shows a message, where warnings are on. */
  warn(message: string): void {
    if (this.#isOn) this.write(message);
  }

  /** `warn(message, ...)`: a message alone that begins with `@` is a control message. */
  call(parts: readonly LuaValue[]): LuaResult {
    const count = Math.max(parts.length, 1);
    const texts = Array.from({ length: count }, (_, i) => checkString(parts[i], i + 1, "warn", parts.length));
    const [first = ""] = texts;
    if (count > 1 || !first.startsWith("@")) this.warn(texts.join(""));
    else if (first === "@on" || first === "@off") this.#isOn = first === "@on";
    return NOTHING;
  }
}
