/** What bytes can be written to without waiting. */
export interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

/** Writes all of the bytes, in as many pieces as the system takes. @throws what the system refuses them with */
export function writeAll(writer: SyncWriter, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writer.writeSync(rest));
    } catch (error) {
      // A full pipe that another process has made non-blocking
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
  }
}
