// d3: made by tools/vendor.mjs; licences in d3.LICENSE.txt
export * from "d3-array";
export * from "d3-axis";
export * from "d3-drag";
export * from "d3-format";
export * from "d3-hierarchy";
export * from "d3-interpolate";
export * from "d3-scale";
export * from "d3-scale-chromatic";
export * from "d3-selection";
export * from "d3-shape";
export * from "d3-transition";
export * from "d3-zoom";
