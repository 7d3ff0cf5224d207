/** A SOCKS5 proxy of a test, without authentication: RFC 1928. Connects every request to one port of this machine. */

export interface SocksProxy extends AsyncDisposable {
  /** `host:port`. */
  address: string;
  /** The names that clients have asked for. */
  names: string[];
}

/** @param port Where all connections go */
export function startSocks(port: number): SocksProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const names: string[] = [];
  const open = new Set<Deno.Conn>();
  const done = new Set<Promise<void>>();
  const pass = async (client: Deno.Conn) => {
    open.add(client);
    try {
      // Version, methods; then version, command, a reserved byte, 3 for a name, its length, the name, the port
      const greeting = await read(client, 2);
      await read(client, greeting[1] ?? 0);
      await client.write(Uint8Array.of(5, 0));
      const request = await read(client, 5);
      const name = new TextDecoder().decode(await read(client, request[4] ?? 0));
      names.push(name);
      await read(client, 2);
      await client.write(Uint8Array.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      open.add(server);
      const quietly = () => {};
      await Promise.all([
        client.readable.pipeTo(server.writable).catch(quietly),
        server.readable.pipeTo(client.writable).catch(quietly),
      ]);
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  };
  const accept = async () => {
    for await (const client of listener) done.add(pass(client));
  };
  const accepting = accept();
  return {
    address: `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    names,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // The streams have closed it
        }
      }
      await Promise.all(done);
    },
  };
}

async function read(connection: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = await connection.read(bytes.subarray(filled));
    if (count === null) throw new Deno.errors.BadResource("The client has left");
    filled += count;
  }
  return bytes;
}
