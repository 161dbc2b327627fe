import assert from "node:assert/strict";
import { test } from "node:test";

import { besides } from "../../../static/js/panels/tour_place.js";

const CARD = { width: 300, height: 180 };
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 400, height: 800 };

/** @param {{left: number, top: number}} place @param {{x: number, y: number, width: number, height: number}} anchor */
const covers = ({ left, top }, anchor) =>
  left < anchor.x + anchor.width &&
  left + CARD.width > anchor.x &&
  top < anchor.y + anchor.height &&
  top + CARD.height > anchor.y;

test("the card stands beside its control and does not cover it", () => {
  for (const anchor of [
    { x: 380, y: 800, width: 690, height: 54 },
    { x: 1400, y: 8, width: 32, height: 32 },
    { x: 0, y: 46, width: 370, height: 760 },
    { x: 370, y: 46, width: 720, height: 700 },
  ])
    assert.ok(!covers(besides(anchor, CARD, WIDE), anchor), JSON.stringify(anchor));
});

test("the card is on the screen whatever it is about", () => {
  for (const anchor of [null, { x: 0, y: 90, width: 400, height: 500 }, { x: -500, y: 2000, width: 10, height: 10 }]) {
    const { left, top } = besides(anchor, CARD, PHONE);
    assert.ok(left >= 0 && top >= 0 && left + CARD.width <= 400 && top + CARD.height <= 800);
  }
});
