/** Several tasks at a time: all of them, the first of them, one for so long. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { toText } from "../../runtime/seam/text.ts";
import {
  isFunction,
  isTable,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
  typeOf,
} from "../../runtime/seam/value.ts";
import { start, type Started, startedOf } from "./handle.ts";
import { after } from "./timer.ts";
import { Waits } from "./waits.ts";

type Results = readonly LuaValue[];

/** A function that is to be started, or a task that has been. */
type Member = readonly [key: LuaValue, of: LuaFunction | Started];

/** The functions and handles of a table, those of its array in their order. @throws {ScriptError} For anything else */
function membersOf(functionName: string, tasks: LuaTable): Member[] {
  const length = tasks.length();
  const rest = Array.from(tasks.entries()).filter(([key]) => !isPosition(key, length));
  const array = Array.from({ length }, (_, index): [LuaValue, LuaValue] => [index + 1, tasks.get(index + 1)]);
  return [...array, ...rest].map(([key, value]) => {
    const of = isFunction(value) ? value : isTable(value) ? startedOf(value) : undefined;
    if (of !== undefined) return [key, of];
    const shown = typeof key === "string" ? `"${toText(key)}"` : String(key);
    throw new ScriptError(
      `${functionName}: expects functions and handles of async.spawn: the value at ${shown} is a ${
        typeOf(value)
      }`,
    );
  });
}

function isPosition(key: LuaValue, length: number): boolean {
  return Number.isInteger(key) && (key as number) >= 1 && (key as number) <= length;
}

/** The tasks of one call: those that it has started end with it. */
class Group {
  readonly #host: Host;
  readonly #own: Started[] = [];
  readonly #all: Started[] = [];
  #isOver = false;

  constructor(host: Host) {
    this.#host = host;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** What a member comes to. */
  async enter(of: LuaFunction | Started): Promise<Results> {
    const isOwn = isFunction(of);
    const task = isOwn ? start(this.#host, of) : of;
    if (isOwn) this.#own.push(task);
    this.#all.push(task);
    return await task.take();
  }

  readonly identities = () => this.#all.map(({ task }) => task.identity);

  /** Cancels those of its own that go on. */
  end(): void {
    this.#isOver = true;
    for (const task of this.#own) task.cancel();
  }
}

/**
 * Waits for all: gives the first result of each under its key. When one raises, those that were started here are
 * cancelled, and its error is raised.
 *
 * @param limit How many functions run at a time. @default all
 */
export function all(host: Host, tasks: LuaTable, limit = Infinity): Promise<LuaTable> {
  if (!(limit >= 1)) {
    throw new ScriptError(`async.all: limit must be 1 or more: current value is ${limit}`);
  }
  const members = membersOf("async.all", tasks);
  const group = new Group(host);
  const results = host.vm.newTable();
  const finish = async ([key, of]: Member) => {
    const [value] = await group.enter(of);
    if (value !== undefined) results.set(key, value);
  };
  const next = async (queue: Iterator<Member>): Promise<void> => {
    for (let entry = queue.next(); !entry.done && !group.isOver; entry = queue.next()) {
      await finish(entry.value);
    }
  };
  // Handles run already: only functions can be held back
  const running = members.filter(([, of]) => !isFunction(of));
  const waiting = members.filter(([, of]) => isFunction(of));
  const queue = waiting.values();
  const lanes = Array.from({ length: Math.min(limit, waiting.length) }, () => next(queue));
  const ended = Promise.all([...running.map(finish), ...lanes]).then(() => results).finally(() =>
    group.end()
  );
  return Waits.of(host).note(() => "async.all", ended, () => group.end(), group.identities);
}

/** Waits for the first to end: gives its results, or raises its error. Others that were started here are cancelled. */
export function race(host: Host, tasks: LuaTable): Promise<Results> {
  const members = membersOf("async.race", tasks);
  if (members.length === 0) {
    throw new ScriptError("async.race: there is nothing to wait for: the table is empty");
  }
  const group = new Group(host);
  const first = Promise.race(members.map(([, of]) => group.enter(of))).finally(() => group.end());
  return Waits.of(host).note(() => "async.race", first, () => group.end());
}

/** Calls a function in a task of its own that is cancelled when its time is up. */
export function timeout(host: Host, seconds: number, body: LuaFunction, args: Results): Promise<Results> {
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new ScriptError(
      `async.timeout: seconds must be above zero and finite: current value is ${seconds}`,
    );
  }
  const task = start(host, body, args);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const release = after(seconds * 1000, () => {
    task.cancel();
    reject(new ScriptError(`async.timeout: ${task.title()} has not ended after ${seconds}s`));
  });
  const ended = Promise.race([task.take(), late]).finally(release);
  return Waits.of(host).note(() => `the end of ${task.title()}`, ended, () => {
    release();
    task.cancel();
  });
}
