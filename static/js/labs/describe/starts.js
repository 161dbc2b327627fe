/** Models to begin with, by what they show. No DOM. */

import { t } from "../../language/index.js";

/** @typedef {import("./reading.js").Spec} Spec */

const SGD = { type: "SGD", args: { lr: 0.1 } };
const ADAM = { type: "Adam", args: { lr: 0.01 } };

/** @type {Spec} */
const MLP = {
  inputs: { x: { shape: [16, 8] } },
  layers: [
    { layer: "Linear", args: { in_features: 8, out_features: 32 } },
    { layer: "ReLU" },
    { layer: "Dropout", args: { p: 0.2 } },
    { layer: "Linear", args: { in_features: 32, out_features: 3 } },
  ],
  target: { shape: [16], classes: 3 },
  loss: { type: "CrossEntropyLoss" },
  optimizer: SGD,
  steps: 3,
};

/** @type {Spec} */
const CNN = {
  inputs: { x: { shape: [4, 1, 12, 12] } },
  layers: [
    { layer: "Conv2d", args: { in_channels: 1, out_channels: 4, kernel_size: 3, padding: 1 } },
    { layer: "BatchNorm2d", args: { num_features: 4 } },
    { layer: "ReLU" },
    { layer: "MaxPool2d", args: { kernel_size: 2 } },
    { layer: "Conv2d", args: { in_channels: 4, out_channels: 8, kernel_size: 3 } },
    { layer: "ReLU" },
    { layer: "Flatten" },
    { layer: "Linear", args: { in_features: 128, out_features: 10 } },
  ],
  target: { shape: [4], classes: 10 },
  loss: { type: "CrossEntropyLoss" },
  optimizer: SGD,
  steps: 2,
};

/** @type {Spec} */
const RESIDUAL = {
  inputs: { x: { shape: [2, 4, 8, 8] } },
  layers: [
    {
      layer: "Conv2d",
      args: { in_channels: 4, out_channels: 8, kernel_size: 3, stride: 2, padding: 1 },
      name: "conv1",
    },
    { layer: "BatchNorm2d", args: { num_features: 8 } },
    { layer: "ReLU" },
    { layer: "Conv2d", args: { in_channels: 8, out_channels: 8, kernel_size: 3, padding: 1 }, name: "conv2" },
    { layer: "BatchNorm2d", args: { num_features: 8 }, name: "main" },
    {
      layer: "Conv2d",
      args: { in_channels: 4, out_channels: 8, kernel_size: 1, stride: 2 },
      name: "shortcut",
      inputs: ["x"],
    },
    { function: "add", name: "joined", inputs: ["main", "shortcut"] },
    { layer: "ReLU" },
    { layer: "AdaptiveAvgPool2d", args: { output_size: 1 } },
    { layer: "Flatten" },
    { layer: "Linear", args: { in_features: 8, out_features: 5 } },
  ],
  target: { shape: [2], classes: 5 },
  loss: { type: "CrossEntropyLoss" },
  optimizer: ADAM,
};

/** @type {Spec} */
const PARALLEL = {
  inputs: { x: { shape: [2, 3, 8, 8] } },
  layers: [
    { layer: "Conv2d", args: { in_channels: 3, out_channels: 4, kernel_size: 1 }, name: "one", inputs: ["x"] },
    {
      layer: "Conv2d",
      args: { in_channels: 3, out_channels: 4, kernel_size: 3, padding: 1 },
      name: "three",
      inputs: ["x"],
    },
    {
      layer: "Conv2d",
      args: { in_channels: 3, out_channels: 4, kernel_size: 5, padding: 2 },
      name: "five",
      inputs: ["x"],
    },
    { function: "cat", args: { dim: 1 }, name: "joined", inputs: ["one", "three", "five"] },
    { layer: "GELU" },
    { layer: "Flatten" },
    { layer: "Linear", args: { in_features: 768, out_features: 2 } },
  ],
};

/** @type {Spec} */
const WORDS = {
  inputs: { words: { shape: [4, 6], classes: 50 } },
  layers: [
    { layer: "Embedding", args: { num_embeddings: 50, embedding_dim: 8 } },
    { layer: "LSTM", args: { input_size: 8, hidden_size: 16, batch_first: true } },
    { function: "mean", args: { dim: 1 } },
    { layer: "Linear", args: { in_features: 16, out_features: 2 } },
  ],
  target: { shape: [4], classes: 2 },
  loss: { type: "CrossEntropyLoss" },
  optimizer: ADAM,
  steps: 2,
};

/** @type {Spec} */
const ATTENTION = {
  inputs: { x: { shape: [2, 5, 16] } },
  layers: [
    { layer: "LayerNorm", args: { normalized_shape: 16 }, name: "norm1" },
    {
      layer: "MultiheadAttention",
      args: { embed_dim: 16, num_heads: 4, batch_first: true },
      name: "attention",
      inputs: ["norm1", "norm1", "norm1"],
    },
    { function: "add", name: "first", inputs: ["x", "attention"] },
    { layer: "LayerNorm", args: { normalized_shape: 16 }, name: "norm2" },
    { layer: "Linear", args: { in_features: 16, out_features: 32 } },
    { layer: "GELU" },
    { layer: "Linear", args: { in_features: 32, out_features: 16 }, name: "mlp" },
    { function: "add", name: "second", inputs: ["first", "mlp"] },
  ],
  target: { shape: [2, 5, 16] },
  loss: { type: "MSELoss" },
  optimizer: { type: "AdamW" },
};

/** @returns {{title: string, spec: Spec}[]} */
export const starts = () => [
  { title: t("Multilayer perceptron"), spec: MLP },
  { title: t("Small CNN"), spec: CNN },
  { title: t("Residual block, two branches"), spec: RESIDUAL },
  { title: t("Three convolutions side by side"), spec: PARALLEL },
  { title: t("LSTM classifier"), spec: WORDS },
  { title: t("Attention block"), spec: ATTENTION },
];

/** What the lab begins with. */
export const DEFAULTS = Object.freeze({ spec: JSON.stringify(RESIDUAL) });
