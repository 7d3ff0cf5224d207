/** `assay.kargo` against a mock of the Kubernetes API. */
import { bearer, kindCases, type Method, methodCases, resource } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.kargo").client(url, "tok")';

const GROUP = "/apis/kargo.akuity.io/v1alpha1";
const SHOP = `${GROUP}/namespaces/shop`;

const one = { metadata: { name: "x" } };
const items = { items: [one] };
const steady = { metadata: { name: "test" }, status: { phase: "Steady", currentFreight: { name: "f1" } } };
const recovered = {
  metadata: { name: "prod" },
  status: {
    currentFreightId: "f0",
    conditions: [
      { type: "Healthy", status: "False" },
      { type: "Ready", status: "False" },
      { type: "Healthy", status: "True" },
    ],
  },
};
const promoting = resource("uat", { Healthy: "False" }, { phase: "Promoting" });

const health: Method[] = [steady, recovered, promoting, one].map((reply) => ({
  old: "c:is_stage_healthy('shop', 'x')",
  new: "c.stages:is_healthy('shop', 'x')",
  path: `${SHOP}/stages/x`,
  reply,
  result: reply === steady || reply === recovered,
}));

function group(oldList: string, oldGet: string, name: string, plural = name): Method[] {
  return [
    {
      old: `c:${oldList}('shop')`,
      new: `c.${name}:list('shop')`,
      path: `${SHOP}/${plural}`,
      reply: items,
      result: [one],
    },
    {
      old: `c:${oldGet}('shop', 'x')`,
      new: `c.${name}:get('shop', 'x')`,
      path: `${SHOP}/${plural}/x`,
      reply: one,
      result: one,
    },
  ];
}

moduleTests(
  "kargo",
  SETUP,
  methodCases([
    ...group("stages", "stage", "stages"),
    ...group("freight_list", "freight", "freight"),
    ...group("promotions", "promotion", "promotions"),
    ...group("warehouses", "warehouse", "warehouses"),
    { old: "c:projects()", new: "c.projects:list()", path: `${GROUP}/projects`, reply: items, result: [one] },
    {
      old: "c:project('x')",
      new: "c.projects:get('x')",
      path: `${GROUP}/projects/x`,
      reply: one,
      result: one,
    },
    ...health,
    {
      old: "c:stage_status('shop', 'x')",
      new: "c.stages:status('shop', 'x')",
      path: `${SHOP}/stages/x`,
      reply: { status: { phase: "Steady", currentFreight: { name: "f1" }, health: { status: "Healthy" } } },
      result: { phase: "Steady", current_freight_id: "f1", health: { status: "Healthy" }, conditions: [] },
    },
    {
      old: "c:pipeline_status('shop')",
      new: "c.stages:pipeline_status('shop')",
      path: `${SHOP}/stages`,
      reply: { items: [steady, recovered, promoting] },
      result: [
        { name: "test", phase: "Steady", freight: "f1", healthy: true },
        { name: "prod", freight: "f0", healthy: true },
        { name: "uat", phase: "Promoting", healthy: false },
      ],
    },
    {
      old: "c:freight_list('shop', { stage = 'test' })",
      new: "c.freight:list('shop', { stage = 'test' })",
      path: `${SHOP}/freight`,
      query: "labelSelector=kargo.akuity.io%2Fstage%3Dtest",
      reply: items,
      result: [one],
    },
    {
      old: "c:freight_list('shop', { stage = 'test', warehouse = 'main' })",
      new: "c.freight:list('shop', { stage = 'test', warehouse = 'main' })",
      path: `${SHOP}/freight`,
      query: "labelSelector=kargo.akuity.io%2Fstage%3Dtest%2Ckargo.akuity.io%2Fwarehouse%3Dmain",
      reply: items,
      result: [one],
    },
    {
      old: "c:freight_status('shop', 'x')",
      new: "c.freight:status('shop', 'x')",
      path: `${SHOP}/freight/x`,
      reply: { status: { verifiedIn: { test: {} } } },
      result: { verifiedIn: { test: {} } },
    },
    { new: "c.freight:status('shop', 'x')", path: `${SHOP}/freight/x`, reply: one, result: {} },
    {
      old: "c:promotions('shop', { stage = 'test' })",
      new: "c.promotions:list('shop', { stage = 'test' })",
      path: `${SHOP}/promotions`,
      query: "labelSelector=kargo.akuity.io%2Fstage%3Dtest",
      reply: items,
      result: [one],
    },
    {
      old: "c:promotion_status('shop', 'x')",
      new: "c.promotions:status('shop', 'x')",
      path: `${SHOP}/promotions/x`,
      reply: { status: { phase: "Errored", message: "no such step", freight: { name: "f2" } } },
      result: { phase: "Errored", message: "no such step", freight_id: "f2" },
    },
    {
      new: "c.promotions:status('shop', 'x').freight_id",
      path: `${SHOP}/promotions/x`,
      reply: { status: { freightId: "f3" } },
      result: "f3",
    },
    {
      old: "c:promote('shop', 'test', 'f1')",
      new: "c.promotions:create('shop', 'test', 'f1')",
      method: "POST",
      path: `${SHOP}/promotions`,
      json: {
        apiVersion: "kargo.akuity.io/v1alpha1",
        kind: "Promotion",
        metadata: { namespace: "shop", generateName: "test-" },
        spec: { stage: "test", freight: "f1" },
      },
      reply: one,
      result: one,
    },
  ]),
);

moduleTests("kargo", SETUP, [
  ...kindCases({
    module: "kargo",
    list: "c.stages:list('shop')",
    listPath: `${SHOP}/stages`,
    itemsOnly: true,
    get: "c.stages:get('shop', 'NAME')",
    getMissingRaises: true,
  }),
  {
    name: "a promotion that is created with 201 is given",
    call: "c:promote('shop', 'test', 'f1')",
    replies: [{ status: 201, body: one }],
    expected: {
      method: "POST",
      path: `${SHOP}/promotions`,
      headers: { ...bearer, "content-type": "application/json" },
    },
    result: one,
  },
  {
    name: "a promotion that is refused is raised",
    call: "c.promotions:create('shop', 'test', 'f1')",
    replies: [{ status: 409, body: "conflict" }],
    error: `test.lua:3: kargo: POST ${SHOP}/promotions HTTP 409: conflict`,
  },
  ...["c:wait_stage_healthy", "c.stages:wait_healthy"].map((call) => ({
    name: `${call} waits through errors and failure`,
    call: `${call}('shop', 'x', 5, { interval = 0.01 })`,
    replies: [{ status: 500, body: "oops" }, { body: promoting }, { body: steady }],
    expected: [1, 2, 3].map(() => ({ path: `${SHOP}/stages/x`, headers: bearer })),
    result: true,
  })),
  {
    name: "waiting ends with what was waited for and what went wrong",
    call: "c.stages:wait_healthy('shop', 'x', 0)",
    replies: [{ status: 500, body: "oops" }],
    error:
      `test.lua:3: kargo: stage shop/x not healthy after 0s (kargo: GET ${SHOP}/stages/x HTTP 500: oops)`,
  },
]);
