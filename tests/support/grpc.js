/* @ts-self-types="./grpc.d.ts" */
export * as grpc from "@grpc/grpc-js";
export { default as proto } from "@temporalio/proto";
