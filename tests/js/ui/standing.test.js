/** What the page says about what confines programs. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standingText } from "../../../static/js/ui/standing.js";

const FULL = /** @type {import("../../../static/js/ui/client.js").Readiness} */ ({
  status: "ok",
  detail: "Programs can be recorded.",
  standing: "sandbox: full",
  sandbox: ["rlimits", "landlock", "seccomp"],
  trust: false,
  access: "loopback",
});

test("a full sandbox is said quietly, with its layers and who may come in", () => {
  const { tone, says, beside } = standingText(FULL);
  assert.deepEqual([tone, says], ["", "Sandbox: full"]);
  assert.equal(beside, "rlimits, Landlock, seccomp · this machine only");
});

test("trust is said as what it means, whatever else is true", () => {
  const { tone, says } = standingText({ ...FULL, trust: true, status: "warming_up" });
  assert.equal(tone, "warn");
  assert.match(says, /run unconfined/);
});

test("that nothing can be recorded is said with the reason", () => {
  const detail = "Programs cannot be recorded: no seccomp";
  assert.deepEqual(standingText({ ...FULL, status: "unavailable", detail }).says, detail);
  assert.equal(standingText({ ...FULL, status: "unavailable", detail }).tone, "bad");
  assert.equal(standingText({ ...FULL, status: "warming_up" }).tone, "");
});
