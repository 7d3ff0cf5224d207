/**
 * The keys that objects of documents have, in the order in which they come: a tree whose paths are objects. Documents
 * repeat them without end. So a key is mostly the one that came after the same keys before: then it is compared, not
 * read, and the table is made of its values in one step.
 */
import type { RecordMaker, Vm } from "../../runtime/seam/engine.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { toBytes } from "../../runtime/seam/text.ts";

/** An object with more keys is read without the tree: probably they are data. */
const MAX_KEYS = 16;

/** Different keys after the same ones; keys that are data have more. */
const MAX_BRANCHES = 24;

/** In bytes. */
const MAX_KEY_LENGTH = 64;

// deno-lint-ignore no-control-regex -- JSON forbids these in strings
const ESCAPED = /["\\\x00-\x1f]/;

/** Keys in the tree. */
const MAX_NODES = 2000;

const TREE = Symbol("keys of JSON objects");

/** What the nodes of a tree share. */
interface Tree {
  readonly vm: Vm;
  size: number;
  /** Whether it had no place for some key: the next document begins a new tree. */
  isFull: boolean;
}

/** The keys up to one; the root has none. */
export class KeyNode {
  /** The key as it stands in a document, with the quote that ends it. */
  readonly bytes: Uint8Array;
  /** What came next the last time. */
  next: KeyNode | undefined = undefined;
  readonly #tree: Tree;
  readonly #branches: KeyNode[] = [];
  #make: RecordMaker | undefined = undefined;

  /** @param keys From the root's on, as bytes */
  constructor(tree: Tree, readonly keys: readonly string[]) {
    this.#tree = tree;
    this.bytes = toBytes(`${keys.at(-1) ?? ""}"`);
    tree.size++;
  }

  /** See {@link Tree.isFull}. */
  get isFull(): boolean {
    return this.#tree.isFull;
  }

  /** Makes the table of an object that ends here, of values in the order of the keys. */
  get make(): RecordMaker {
    return this.#make ??= this.#tree.vm.recordMaker(this.keys);
  }

  /**
   * The node of one more key; undefined where the object has it already, it does not stand in documents as it is, or
   * the tree has no place for it.
   */
  after(key: string): KeyNode | undefined {
    let node = this.#branches.find(({ keys }) => keys[this.keys.length] === key);
    if (node === undefined) {
      const tree = this.#tree;
      if (this.keys.length === MAX_KEYS || key.length > MAX_KEY_LENGTH) return undefined;
      if (ESCAPED.test(key) || this.keys.includes(key)) return undefined;
      if (this.#branches.length === MAX_BRANCHES || tree.size === MAX_NODES) {
        tree.isFull = true;
        return undefined;
      }
      node = new KeyNode(tree, [...this.keys, key]);
      this.#branches.push(node);
    }
    return this.next = node;
  }
}

/** The root of a VM's tree. */
export function keysOf(host: Host): KeyNode {
  const newTree = () => new KeyNode({ vm: host.vm, size: 0, isFull: false }, []);
  const holder = host.state(TREE, () => ({ root: newTree() }));
  if (holder.root.isFull) holder.root = newTree();
  return holder.root;
}
