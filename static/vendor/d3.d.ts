// d3: made by tools/vendor.mjs; licences in d3.LICENSE.txt
export { create, select } from "d3-selection";
export { zoom, zoomIdentity } from "d3-zoom";
