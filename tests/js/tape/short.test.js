import assert from "node:assert/strict";
import { test } from "node:test";

import { sentence } from "../../../static/js/tape/narrate.js";
import { fold, middle } from "../../../static/js/tape/short.js";
import { History } from "../../../static/js/tape/state.js";
import { product } from "./product.js";

test("a long name keeps its start and its end", () => {
  assert.equal(middle("net.weight", 24), "net.weight");
  assert.equal(middle("transformer.h.11.mlp.proj.weight", 20), "transforme…oj.weight");
  assert.equal(middle("transformer.h.11.mlp.proj.weight", 20).length, 20);
});

test("a long expression loses the arguments of its calls first, the innermost before the outer ones", () => {
  assert.equal(fold("c = a * b", 24), "c = a * b");
  assert.equal(fold("x = x + self.mlp(self.ln_2(x))", 24), "x = x + self.mlp(…)");
  assert.equal(fold("self.proj(F.gelu(self.fc(x)))", 24), "self.proj(F.gelu(…))");
  assert.equal(fold("F.cross_entropy(logits.view(-1, 50), targets)", 24), "F.cross_entropy(…)");
});

test("unbalanced parentheses and text without any are cut in the middle", () => {
  assert.equal(fold("a_name_that_is_much_too_long", 11), "a_nam…_long");
  assert.ok(fold("f((((((((((((((((((((((((((", 10).length <= 10);
});

test("a sentence is brief only where there is no room for the whole one, and never says other numbers", () => {
  const history = new History(product());
  /** @param {number} room */
  const told = (room) =>
    sentence(history, 6, { room })
      .map((part) => (typeof part === "string" ? part : part.code))
      .join("");
  assert.equal(told(Infinity), "MulBackward0 (of c = a*b) receives 10, sends 30 to a and 20 to b");
  assert.equal(told(64), told(Infinity));
  assert.equal(told(60), "MulBackward0 (c = a*b) sends gradients to a and b");
  assert.equal(told(48), "MulBackward0 sends gradients to a and b");
});
