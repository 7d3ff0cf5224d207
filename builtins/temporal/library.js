/* @ts-self-types="./library.d.ts" */
export { Connection } from "@temporalio/client";
