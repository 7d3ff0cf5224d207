/** The one list of check types. */
import { dns } from "./dns/type.ts";
import { exec } from "./exec/type.ts";
import { grpcHealth } from "./grpc_health/type.ts";
import { http } from "./http/type.ts";
import { k8s } from "./k8s/type.ts";
import { prometheus } from "./prometheus/type.ts";
import { script } from "./script/type.ts";
import { sql } from "./sql/type.ts";
import { tcp } from "./tcp/type.ts";
import { tls } from "./tls/type.ts";
import type { AnyCheckType } from "./type.ts";
import { ws } from "./ws/type.ts";

/** The one list of check types. */
export const CHECK_TYPES = [
  http,
  prometheus,
  script,
  tcp,
  dns,
  tls,
  sql,
  exec,
  k8s,
  grpcHealth,
  ws,
] as unknown as readonly AnyCheckType[];
