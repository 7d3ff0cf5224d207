/** Reads a stream of server-sent events: WHATWG HTML, section 9.2.6. */

/** An event; fields that were not sent are absent. Bytes. */
export interface ServerEvent {
  event?: string;
  /** The data lines joined by LF. */
  data?: string;
  id?: string;
  /** Milliseconds. */
  retry?: number;
}

const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/** Takes the stream in pieces of any size. An event that the stream's end cuts off is dropped. */
export class EventParser {
  readonly #limit: number;
  #rest = "";
  #started = false;
  #afterReturn = false;
  #event: ServerEvent = {};
  #size = 0;

  /** @param limit The most bytes that an event may have */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The events that a piece completes.
   *
   * @throws {RangeError} When an event is larger than the limit
   */
  push(bytes: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    // The second half of a line end that came in two pieces
    let start = this.#afterReturn && bytes.startsWith("\n") ? 1 : 0;
    if (bytes !== "") this.#afterReturn = false;
    const ends = /\r\n|\r|\n/g;
    ends.lastIndex = start;
    for (let end = ends.exec(bytes); end !== null; end = ends.exec(bytes)) {
      this.#line(this.#rest + bytes.slice(start, end.index), events);
      this.#rest = "";
      start = ends.lastIndex;
      this.#afterReturn = end[0] === "\r" && start === bytes.length;
    }
    this.#rest += bytes.slice(start);
    this.#check(this.#rest.length);
    return events;
  }

  #line(text: string, events: ServerEvent[]): void {
    const marked = !this.#started && text.startsWith(BYTE_ORDER_MARK);
    const line = marked ? text.slice(BYTE_ORDER_MARK.length) : text;
    this.#started = true;
    if (line === "") {
      if (this.#size > 0) events.push(this.#event);
      this.#event = {};
      this.#size = 0;
      return;
    }
    this.#check(line.length);
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (this.#field(name, value)) this.#size += line.length;
  }

  #field(name: string, value: string): boolean {
    const event = this.#event;
    switch (name) {
      case "event":
        event.event = value;
        return true;
      case "data":
        event.data = event.data === undefined ? value : `${event.data}\n${value}`;
        return true;
      case "id":
        if (value.includes("\0")) return false;
        event.id = value;
        return true;
      case "retry":
        if (!/^\d{1,15}$/.test(value)) return false;
        event.retry = Number(value);
        return true;
      default:
        return false;
    }
  }

  #check(more: number): void {
    if (this.#size + more > this.#limit) throw new RangeError(`an event is larger than ${this.#limit} bytes`);
  }
}
