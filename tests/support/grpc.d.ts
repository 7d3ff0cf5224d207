/** The parts of @grpc/grpc-js and @temporalio/proto that tests use: see builtins/temporal/library.d.ts. */

// deno-lint-ignore no-explicit-any -- messages of every kind
export type Message = any;

export interface MethodDefinition {
  path: string;
  requestStream: boolean;
  responseStream: boolean;
  requestDeserialize(bytes: Uint8Array): Message;
  requestSerialize(message: Message): Uint8Array;
  responseDeserialize(bytes: Uint8Array): Message;
  responseSerialize(message: Message): Uint8Array;
}

export interface Call {
  request: Message;
  metadata: { getMap(): Record<string, unknown> };
}

export declare class ServerCredentials {
  static createInsecure(): ServerCredentials;
  /** @param check Whether clients must have a certificate */
  static createSsl(
    roots: Uint8Array | null,
    pairs: { cert_chain: Uint8Array; private_key: Uint8Array }[],
    check: boolean,
  ): ServerCredentials;
}

export declare class Server {
  addService(methods: Record<string, MethodDefinition>, handlers: Record<string, unknown>): void;
  bindAsync(
    address: string,
    credentials: ServerCredentials,
    done: (error: Error | null, port: number) => void,
  ): void;
  tryShutdown(done: () => void): void;
}

export declare const grpc: {
  Server: typeof Server;
  ServerCredentials: typeof ServerCredentials;
  status: Record<
    "ALREADY_EXISTS" | "INTERNAL" | "INVALID_ARGUMENT" | "NOT_FOUND" | "UNAUTHENTICATED" | "UNAVAILABLE",
    number
  >;
};

/** Messages by their names. */
export declare const proto: { temporal: { api: { workflowservice: { v1: Record<string, Message> } } } };
