/** What a run and its confined workers say to each other. */
import type { LogFields } from "../../runtime/seam/host.ts";
import type { EngineName } from "../../runtime/engines.ts";
import type { Grants } from "../../runtime/permissions.ts";
import type { GroupEvent } from "./process_groups.ts";
import type { Outcome, Part } from "../types/type.ts";

/** An attempt that a worker is asked for. */
export interface Job {
  readonly id: number;
  readonly type: string;
  readonly settings: object;
  readonly timeout: number;
  readonly timeoutMessage: string;
}

/** To a worker. */
export type ToWorker =
  | {
    readonly kind: "prepare";
    readonly types: ReadonlyMap<string, ReadonlySet<Part>>;
    readonly grants: Grants;
    readonly engine: EngineName;
    readonly memory: number;
  }
  | { readonly kind: "attempt"; readonly jobs: readonly Job[] }
  | { readonly kind: "abort"; readonly ids: readonly number[]; readonly reason: string };

/** From a worker. */
export type FromWorker =
  | { readonly kind: "started" | "ready" }
  | {
    readonly kind: "outcomes";
    readonly outcomes: readonly { readonly id: number; readonly outcome: Outcome }[];
  }
  | {
    readonly kind: "log";
    readonly level: "debug" | "info" | "warn" | "error";
    readonly message: string;
    readonly fields?: LogFields;
  }
  | { readonly kind: "print"; readonly bytes: string }
  /** The id of a process group that the worker has started. */
  | { readonly kind: "group"; readonly event: GroupEvent; readonly id: number };

/** Gathers what is sent within one turn of the microtask queue into one message: a message costs some 30 µs. */
export class Batch<T> {
  #items: T[] = [];
  readonly #send: (items: readonly T[]) => void;

  constructor(send: (items: readonly T[]) => void) {
    this.#send = send;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length > 1) return;
    queueMicrotask(() => {
      const items = this.#items;
      this.#items = [];
      this.#send(items);
    });
  }
}
