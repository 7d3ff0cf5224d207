/** `assay.velero` against a mock of the Kubernetes API. */
import { kindCases, type Method, methodCases } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.velero").client(url, "tok")';

const HOME = "/apis/velero.io/v1/namespaces/velero";

const one = { metadata: { name: "x" } };

function group(oldList: string, oldGet: string, name: string, plural: string): Method[] {
  const path = `${HOME}/${plural}`;
  return [
    { old: `c:${oldList}()`, new: `c.${name}:list()`, path, reply: { items: [one] }, result: [one] },
    { old: `c:${oldGet}('x')`, new: `c.${name}:get('x')`, path: `${path}/x`, reply: one, result: one },
  ];
}

const phase = (name: string, text: string) => ({ metadata: { name }, status: { phase: text } });

const truth = (old: string, method: string, plural: string, phases: Record<string, boolean>): Method[] =>
  Object.entries(phases).map(([text, result]) => ({
    old: `c:${old}('x')`,
    new: `c.${method}('x')`,
    path: `${HOME}/${plural}/x`,
    reply: text === "" ? one : phase("x", text),
    result,
  }));

const made = (name: string, creationTimestamp: string) => ({ metadata: { name, creationTimestamp } });

moduleTests(
  "velero",
  SETUP,
  methodCases([
    ...group("backups", "backup", "backups", "backups"),
    ...group("restores", "restore", "restores", "restores"),
    ...group("schedules", "schedule", "schedules", "schedules"),
    ...group(
      "backup_storage_locations",
      "backup_storage_location",
      "storage_locations",
      "backupstoragelocations",
    ),
    ...group(
      "volume_snapshot_locations",
      "volume_snapshot_location",
      "volume_snapshots",
      "volumesnapshotlocations",
    ),
    ...group("backup_repositories", "backup_repository", "repositories", "backuprepositories"),
    ...truth("is_backup_completed", "backups:is_completed", "backups", {
      Completed: true,
      InProgress: false,
      "": false,
    }),
    ...truth("is_backup_failed", "backups:is_failed", "backups", {
      Failed: true,
      PartiallyFailed: true,
      Completed: false,
      "": false,
    }),
    ...truth("is_restore_completed", "restores:is_completed", "restores", { Completed: true, New: false }),
    ...truth("is_schedule_enabled", "schedules:is_enabled", "schedules", { Enabled: true, New: false }),
    ...truth("is_bsl_available", "storage_locations:is_available", "backupstoragelocations", {
      Available: true,
      Unavailable: false,
    }),
    {
      old: "c:backup_status('x')",
      new: "c.backups:status('x')",
      path: `${HOME}/backups/x`,
      reply: {
        status: {
          phase: "Completed",
          startTimestamp: "2026-11-01T00:00:00Z",
          completionTimestamp: "2026-11-01T00:05:00Z",
          expiration: "2026-12-01T00:00:00Z",
          warnings: 2,
          progress: { itemsBackedUp: 41, totalItems: 42 },
        },
      },
      result: {
        phase: "Completed",
        started: "2026-11-01T00:00:00Z",
        completed: "2026-11-01T00:05:00Z",
        expiration: "2026-12-01T00:00:00Z",
        errors: 0,
        warnings: 2,
        items_backed_up: 41,
        items_total: 42,
      },
    },
    {
      old: "c:backup_status('x')",
      new: "c.backups:status('x')",
      path: `${HOME}/backups/x`,
      reply: { status: { phase: "Failed", errors: 1, itemsBackedUp: 3, totalItems: 4 } },
      result: { phase: "Failed", errors: 1, warnings: 0, items_backed_up: 3, items_total: 4 },
    },
    {
      old: "c:latest_backup('daily')",
      new: "c.backups:latest('daily')",
      path: `${HOME}/backups`,
      query: "labelSelector=velero.io%2Fschedule-name%3Ddaily",
      reply: {
        items: [
          made("b", "2026-11-02T00:00:00Z"),
          made("c", "2026-11-10T00:00:00Z"),
          made("a", "2026-10-31T00:00:00Z"),
        ],
      },
      result: made("c", "2026-11-10T00:00:00Z"),
    },
    {
      old: "c:restore_status('x')",
      new: "c.restores:status('x')",
      path: `${HOME}/restores/x`,
      reply: { status: { phase: "InProgress", startTimestamp: "2026-11-01T00:00:00Z" } },
      result: { phase: "InProgress", started: "2026-11-01T00:00:00Z", errors: 0, warnings: 0 },
    },
    {
      old: "c:schedule_status('x')",
      new: "c.schedules:status('x')",
      path: `${HOME}/schedules/x`,
      reply: {
        status: {
          phase: "FailedValidation",
          lastBackup: "2026-11-01T00:00:00Z",
          validationErrors: ["bad cron"],
        },
      },
      result: {
        phase: "FailedValidation",
        last_backup: "2026-11-01T00:00:00Z",
        validation_errors: ["bad cron"],
      },
    },
    {
      old: "c:all_schedules_enabled()",
      new: "c.schedules:all_enabled()",
      path: `${HOME}/schedules`,
      reply: { items: [phase("a", "Enabled"), phase("b", "New"), one] },
      result: { enabled: 1, disabled: 2, total: 3, disabled_names: ["b", "x"] },
    },
    {
      old: "c:all_bsl_available()",
      new: "c.storage_locations:all_available()",
      path: `${HOME}/backupstoragelocations`,
      reply: { items: [phase("a", "Unavailable"), phase("b", "Available")] },
      result: { available: 1, unavailable: 1, total: 2, unavailable_names: ["a"] },
    },
  ]),
);

moduleTests("velero", SETUP, [
  ...kindCases({
    module: "velero",
    list: "c.backups:list()",
    listPath: `${HOME}/backups`,
    itemsOnly: true,
    listMissing: [],
    get: "c.backups:get('NAME')",
  }),
  ...["backup", "restore", "schedule"].map((kind) => ({
    name: `the status of a missing ${kind} is an error`,
    call: `c.${kind}s:status('x')`,
    replies: [{ status: 404 }],
    error: `test.lua:3: velero: ${kind} x not found`,
  })),
  {
    name: "a schedule without backups has no latest one",
    call: "c.backups:latest('daily')",
    replies: [{ body: { items: [] } }],
    result: null,
  },
  ...["'ops'", "{ namespace = 'ops' }"].map((namespace) => ({
    name: `the namespace can be given as ${namespace}`,
    call: `(function() local v = require('assay.velero').client(url, 'tok', ${namespace}) ` +
      "return { v.namespace, #v.restores:list() } end)()",
    replies: [{ body: { items: [one] } }],
    expected: { path: "/apis/velero.io/v1/namespaces/ops/restores" },
    result: ["ops", 1],
  })),
]);
